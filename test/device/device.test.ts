/** onnxruntime on a device (WebGPU with a software adapter, or the one that BENCH_TEST_DEVICE names): the conformance suite, golden parity, what a device must refuse, and whole runs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from '../../src/api.ts';
import { PROVIDERS } from '../../src/engines/onnx/device/device.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { forwardWith } from '../../src/lm/forward/forward.ts';
import { countingPositions, type Sequence } from '../../src/lm/forward/sequence.ts';
import { logprobProgram } from '../../src/programs/readout.ts';
import type { DecodedWeight, WeightSource } from '../../src/tensor/ops.ts';
import { engineConformance } from '../conformance/engines.ts';
import { runVerb } from '../end-to-end/run-verb.ts';
import { openGolden } from '../golden/golden-checkpoint.ts';
import { FLOAT32_TOLERANCE, goldenParity } from '../golden/nets.ts';
import { device, skipped, useSoftwareAdapter } from './software-adapter.ts';

/** As for the CPU: functions of shaders are good to a few units in the last place. */
const FLOAT32_ARITHMETIC = 4e-6;

/** Milliseconds: an adapter in software compiles kernels for seconds each, on a busy machine for many. */
const PATIENCE = 600_000;

const DEVICE = device ?? 'webgpu';
const onDevice = { name: `onnx on ${DEVICE}`, make: () => onnxEngine({ device: DEVICE }) };
/** Of each network and format one: an adapter in software compiles each kernel for a second. The others differ in the names of their weights. */
const ONE_EACH = ['gpt2-tiny-ar', 'llama-tiny-ar-bf16', 'diffugpt-tiny', 'diffullama-tiny'];
const model = (name: string) => fileURLToPath(new URL(`../../models/${name}`, import.meta.url));

function deviceTests(): void {
  vi.setConfig({ testTimeout: PATIENCE, hookTimeout: PATIENCE });
  useSoftwareAdapter();
  // Their indices are 64-bit integers, which no shader has; networks in training need them, those that are asked do not.
  engineConformance({
    ...onDevice,
    tolerance: FLOAT32_ARITHMETIC,
    refuses: DEVICE === 'webgpu' ? ['addRows adds repeated ids', 'addRows of slots'] : [],
  });
  const names = device === null ? ONE_EACH : undefined;
  goldenParity({ ...onDevice, tolerance: FLOAT32_TOLERANCE }, names, device !== null);
  describe('what must not pass', refusals);
  describe('whole runs', wholeRuns);
}

function refusals(): void {
  const asked = (ids: readonly number[]): Sequence => ({
    ids: Int32Array.from(ids),
    positions: countingPositions(ids.length),
    attention: { kind: 'causal' },
    reads: ids.map((_, row) => ({ row, target: 3 })),
  });

  async function forwardOf(broken: string | null) {
    const { architecture, tensors } = await openGolden('gpt2-tiny-ar');
    const weights = new Map<string, WeightSource>(tensors);
    const source = weights.get(broken ?? '');
    if (source !== undefined) {
      const length = source.shape.reduce((product, size) => product * size, 1);
      const values = async () => new Float32Array(length).fill(Number.NaN, length - 1);
      const replaced: DecodedWeight = { dtype: 'F32', shape: source.shape, key: `NaN in ${broken}`, values };
      weights.set(broken as string, replaced);
    }
    const engine = await onDevice.make();
    return forwardWith(await engine.compile(logprobProgram(architecture), weights), architecture);
  }

  it.each(['h.0.attn.c_attn.weight', 'h.1.mlp.c_proj.bias', 'ln_f.weight', 'wte.weight'])(
    'NaN in %s is an error, whatever kernels make of it',
    async (weight) => {
      const forward = await forwardOf(weight);
      await expect(forward([asked([1, 2, 3, 4, 5])])).rejects.toMatchObject({ code: 'non-finite' });
    },
  );

  it('an id outside the vocabulary is an error with its name', async () => {
    const forward = await forwardOf(null);
    await expect(forward([asked([1, 9999])])).rejects.toThrow('expected ids from 0 to 383 in ids, found 9999');
  });

  it('a dtype that the adapter lacks is refused with those that there are', async () => {
    if (device === null) {
      await expect(onnxEngine({ device: DEVICE, dtype: 'float16' })).rejects.toMatchObject({ code: 'not-supported' });
    }
    await expect(onnxEngine({ device: DEVICE, dtype: 'int4' })).rejects.toThrow('(float32, float16), found int4');
  });
}

function wholeRuns(): void {
  let out = '';
  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), 'device-'));
  });
  afterAll(() => rm(out, { recursive: true }));

  it('two models give the answers of the CPU, under an identity of their own, and comparisons say so', async () => {
    const given = { models: [model('tiny-gpt2'), model('tiny-diffugpt')], tasks: ['stories-choice'], limit: 4, out };
    const diffusion = { passes: 4, steps: [4] };
    const there = await run({ ...given, ...diffusion, device: DEVICE });
    const here = await run({ ...given, ...diffusion });
    for (const [i, { manifest, records, folder }] of there.entries()) {
      const cpu = here[i] as (typeof here)[number];
      expect(manifest.model).toMatchObject({ device: DEVICE, provider: PROVIDERS[DEVICE], dtype: 'float32' });
      expect(manifest.model.engine).toContain(`onnx-${DEVICE} `);
      expect(Object.keys(cpu.manifest.model)).not.toContain('device');
      const scores = (all: typeof records) => numbersOf(all.map(({ score }) => score));
      expect(records).toHaveLength(4);
      expect(scores(records)).toEqual(scores(cpu.records).map((value) => expect.closeTo(value, 3)));
      const { stdout } = await runVerb('compare', [cpu.folder, folder], {});
      expect(stdout).toContain(`computed on cpu against ${DEVICE}`);
    }
  });
}

/** Every number of a value, in the order of its keys. */
function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}

if (skipped === '') deviceTests();
else it.skip(`conforms, and runs${skipped}`, () => {});
