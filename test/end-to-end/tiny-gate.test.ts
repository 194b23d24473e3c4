/**
 * The project's own gate: the built-in checkpoints against `results/baselines/tiny.json`. Where a change is meant to move their
 * numbers, `npm run bless:tiny` makes that file anew.
 */
import { copyFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import { readTensor } from '../../src/checkpoints/formats/tensor-values.ts';
import { openCheckpoint } from '../../src/checkpoints/open.ts';
import { writeCheckpoint } from '../../src/checkpoints/write-checkpoint.ts';
import { type GateOptions, run as gate } from '../../src/commands/gate/gate.ts';
import { run } from '../../src/commands/run/run.ts';
import { stream } from '../../src/core/numbers/random.ts';
import { RUN_DEFAULTS } from '../../src/evaluate/options.ts';
import type { GateDocument } from '../../src/gate/judge/gate-document.ts';
import { presetsOf } from '../../src/options/option.ts';
import { RUN_CHOICE_OPTIONS } from '../../src/options/run-choice.ts';
import { normalQuantile } from '../../src/stats/distributions/normal-quantile.ts';
import { recordingIo } from './recording-io.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BASELINES = join(ROOT, 'results/baselines');
const MODELS = ['tiny-gpt2', 'tiny-diffugpt'];
/** What the models were made for, and how many items of each: as `scripts/bless-tiny.ts`. */
const TASKS = [
  'pointer-chasing',
  'pointer-chasing-forward',
  'countdown-mini',
  'word-problems',
  'stories-choice',
  'stories-cloze',
];
const LIMIT = 60;
/** The last normalisation: noise before it would be scaled away. */
const DAMAGED_WEIGHT = 'ln_f.weight';
/** Noise as a multiple of the weight's own size. */
const NOISE = 20;
/** Three sets of runs on a busy machine. */
const HOOK_MS = 120_000;

let folder: string;
beforeAll(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  folder = await mkdtemp(join(tmpdir(), 'bench-tiny-gate-'));
  const options = { ...RUN_DEFAULTS, tasks: TASKS, limit: LIMIT, out: join(folder, 'same') };
  expect(await run({ ...options, models: MODELS }, recordingIo())).toBe(0);
  for (const model of MODELS) {
    const damaged = join(folder, model);
    await damage(join(ROOT, 'models', model), damaged);
    await run({ ...options, models: [damaged], out: join(folder, 'damaged', model) }, recordingIo());
  }
}, HOOK_MS);
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Writes a copy of a checkpoint with noise added to one weight. */
async function damage(from: string, to: string): Promise<void> {
  const source = await openCheckpoint(from);
  const { family, maskId, shift } = source.options;
  const sft = source.sft ?? undefined;
  await writeCheckpoint(to, {
    architecture: source.architecture,
    layout: 'plain',
    bench: { family, maskId, shift, ...(sft && { sft: { ...sft, hiddenIds: [...sft.hiddenIds] } }) },
    dtype: () => 'F32',
    values: (name) => valuesOf(source, name),
  });
  for (const file of await readdir(from)) {
    if (file.startsWith('tokenizer')) copyFileSync(join(from, file), join(to, file));
  }
}

async function* valuesOf(source: Checkpoint, name: string): AsyncGenerator<Float32Array> {
  const tensor = source.tensors.get(name);
  if (tensor === undefined) throw new Error(`no weight ${name}`);
  const values = await readTensor(tensor);
  if (name === DAMAGED_WEIGHT) {
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    const random = stream(1, 'damage');
    values.forEach((value, i) => {
      values[i] = value + NOISE * deviation * normalQuantile(random.uniform(i) + 2 ** -54);
    });
  }
  yield values;
}

async function gated(changes: Partial<GateOptions>): Promise<{ code: number; document: GateDocument }> {
  const io = recordingIo();
  const options: GateOptions = {
    baseline: join(BASELINES, 'tiny.json'),
    candidate: join(folder, 'same'),
    baselineModel: null,
    candidateModel: null,
    ...presetsOf(RUN_CHOICE_OPTIONS),
    clusters: null,
    config: join(BASELINES, 'tiny.config.json'),
    markdown: null,
    junit: null,
    stepSummary: null,
    annotate: false,
    json: true,
    ...changes,
  };
  const code = await gate(options, io);
  return { code, document: JSON.parse(io.written.stdout) };
}

it('the built-in checkpoints are as good as their committed baseline (else: npm run bless:tiny, and say why)', async () => {
  const { code, document } = await gated({});
  expect(document.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  expect(document.checks).toHaveLength(12);
  expect({ code, verdict: document.verdict }).toEqual({ code: 0, verdict: 'pass' });
});

describe.each(MODELS)('%s with noise in one layer', (model) => {
  it('is a regression', async () => {
    const { code, document } = await gated({ candidate: join(folder, 'damaged', model), baselineModel: model });
    expect({ code, verdict: document.verdict }).toEqual({ code: 3, verdict: 'regression' });
    const failed = document.checks.filter(({ verdict }) => verdict === 'regression');
    expect(failed.map(({ task }) => task)).toContain('stories-cloze');
    for (const { holm, possibleLoss, margin } of failed) {
      expect(holm).toBeLessThanOrEqual(document.alpha);
      expect(possibleLoss).toBeGreaterThan(margin);
    }
  });

  it('passes against itself', async () => {
    const self = join(folder, 'damaged', model);
    const { code, document } = await gated({ baseline: self, candidate: self });
    expect({ code, verdict: document.verdict }).toEqual({ code: 0, verdict: 'pass' });
  });
});

it('says the same in every output at once', async () => {
  const io = recordingIo();
  const [markdown, junit, stepSummary] = ['gate.md', 'deep/gate.xml', 'summary.md'].map((name) => join(folder, name));
  await writeFile(stepSummary as string, 'before\n');
  const code = await gate(
    {
      baseline: join(BASELINES, 'tiny.json'),
      candidate: join(folder, 'damaged', 'tiny-gpt2'),
      baselineModel: 'tiny-gpt2',
      candidateModel: null,
      ...presetsOf(RUN_CHOICE_OPTIONS),
      clusters: null,
      config: join(BASELINES, 'tiny.config.json'),
      markdown: markdown as string,
      junit: junit as string,
      stepSummary: stepSummary as string,
      annotate: true,
      json: false,
    },
    io,
  );
  expect(code).toBe(3);
  expect(io.written.stdout).toMatch(/\ngate: regression \(6 checks, \d+ guards; \d+ failed, \d open\)\n$/);
  expect(io.written.stdout).toMatch(
    /^::error title=bench gate%3A stories-cloze%2C bitsPerByte::regression: a loss is shown/m,
  );
  expect(await readFile(markdown as string, 'utf8')).toMatch(/^## gate: regression/);
  expect(await readFile(stepSummary as string, 'utf8')).toMatch(/^before\n## gate: regression/);
  expect(await readFile(junit as string, 'utf8')).toContain('<failure type="regression"');
});
