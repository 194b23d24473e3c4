/** What every engine must do, whatever it is made of: the same suite runs on each. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSafetensorsHeader } from '../../src/checkpoints/formats/safetensors.ts';
import { writeSafetensors } from '../../src/checkpoints/formats/write-safetensors.ts';
import { type FloatFormat, narrow, widen } from '../../src/core/numbers/float-formats.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { packSequences } from '../../src/lm/forward/forward.ts';
import { countingPositions } from '../../src/lm/forward/sequence.ts';
import { emptyPast } from '../../src/lm/writing/key-value-cache.ts';
import { pastProgram } from '../../src/programs/next-token.ts';
import { distributionProgram, proposalsProgram } from '../../src/programs/proposals.ts';
import { logitsProgram, logprobProgram } from '../../src/programs/readout.ts';
import { linear } from '../../src/tensor/layers.ts';
import type { HostTensor, Program, WeightSource } from '../../src/tensor/ops.ts';
import { checkShapes } from '../../src/tensor/shapes.ts';
import { openGolden } from '../golden/golden-checkpoint.ts';
import { given, indices, total, values } from '../kit/engine/engine-case.ts';
import { type EngineUnderTest, testEngine } from '../kit/engines.ts';

/** Log-probabilities of size up to 30 at temperature 0.5, in float32, against float64. */
const SOFTMAX_TOLERANCE = 2e-5;

/** The suite that is published, and what needs weights. */
export function engineConformance(tested: EngineUnderTest): void {
  testEngine(tested, { describe, it });
  describe(tested.name, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await tested.make();
    });
    netSuite(() => engine);
    weightSuite(() => engine);
  });
}

function netSuite(engine: () => Engine): void {
  describe.each(['gpt2-tiny-ar', 'llama-tiny-ar'])('the net of %s', (name) => {
    const sequences = [5, 3].map((length) => ({
      ids: Int32Array.from({ length }, (_, i) => 7 * i + 1),
      positions: countingPositions(length),
      attention: { kind: 'causal' } as const,
      reads: [
        { row: 0, target: 3 },
        { row: length - 1, target: 9 },
      ],
    }));

    it('gives outputs of the shapes that the shapes interpreter says', async () => {
      const { architecture, tensors } = await openGolden(name);
      const feeds = { ...packSequences(architecture, sequences), ...emptyPast(architecture, sequences.length) };
      const shapes = new Map([...tensors].map(([weight, { shape }]) => [weight, shape]));
      const [B = 0, L = 0] = feeds.slots.dims;
      const P = feeds.pastBias.dims[3] as number;
      const sizes = { N: feeds.ids.dims[0] as number, B, L, P, R: feeds.rows.dims[0] as number };
      const agree = async <In extends string>(program: Program<In, string>) => {
        const executable = await engine().compile(program, tensors);
        const outputs = await executable.run(feeds as Readonly<Record<string, HostTensor>>);
        const dims = Object.fromEntries(Object.entries(outputs).map(([output, tensor]) => [output, tensor.dims]));
        expect(dims).toEqual(checkShapes(program, shapes, sizes).outputs);
        await executable.dispose();
      };
      await agree(logprobProgram(architecture));
      await agree(logprobProgram(architecture, 7));
      await agree(logitsProgram(architecture));
      await agree(pastProgram(architecture));
    });

    it('brings only the outputs that are asked for', async () => {
      const { architecture, tensors } = await openGolden(name);
      const feeds = packSequences(architecture, sequences);
      const executable = await engine().compile(logprobProgram(architecture), tensors);
      const { best, bestLogprobs } = await executable.run(feeds);
      expect(await executable.run(feeds, ['bestLogprobs', 'best'])).toEqual({ best, bestLogprobs });
      await executable.dispose();
    });

    it.each(['first', 'middle', 'last'])('finds the best token but an excluded one (%s)', async (place) => {
      const { architecture, tensors } = await openGolden(name);
      const V = architecture.vocabularyRows;
      const feeds = packSequences(architecture, sequences);
      const [all, logits] = await Promise.all([
        engine().compile(logprobProgram(architecture), tensors),
        engine().compile(logitsProgram(architecture), tensors),
      ]);
      const before = await all.run(feeds);
      const excluded = { first: 0, middle: before.best.data[0] as number, last: V - 1 }[place] as number;
      const executable = await engine().compile(logprobProgram(architecture, excluded), tensors);
      const found = await executable.run(feeds);
      expect(found.logprobs).toEqual(before.logprobs);
      const { logits: raw } = await logits.run(feeds);
      found.best.data.forEach((best, r) => {
        const row = [...raw.data.subarray(r * V, (r + 1) * V)];
        row[excluded] = Number.NEGATIVE_INFINITY;
        const largest = Math.max(...row);
        const logSum = largest + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
        expect(best).toBe(row.indexOf(largest));
        expect(found.bestLogprobs.data[r]).toBeCloseTo(largest - logSum, 5);
      });
      await Promise.all([all.dispose(), logits.dispose(), executable.dispose()]);
    });

    it('proposes, after temperature and bias, what the logits say', async () => {
      const { architecture, tensors } = await openGolden(name);
      const packed = packSequences(architecture, sequences);
      const rows = packed.rows.dims[0] as number;
      const temperature = { dims: [rows, 1], data: Float32Array.from({ length: rows }, (_, r) => 0.5 + 0.25 * r) };
      const logits = await engine().compile(logitsProgram(architecture), tensors);
      const distribution = await engine().compile(distributionProgram(architecture), tensors);
      const proposals = await engine().compile(proposalsProgram(architecture), tensors);
      const { logits: raw } = await logits.run(packed);
      const V = architecture.vocabularyRows;
      const excluded = raw.data.indexOf(Math.max(...raw.data.subarray(0, V))); // what the first row would propose
      const logitBias = { dims: [V], data: new Float32Array(V) };
      logitBias.data[excluded] = -1e30;
      const feeds = { ...packed, temperature, logitBias };
      const { logprobs } = await distribution.run(feeds);
      const { best, bestLogprobs } = await proposals.run(feeds);
      expect([logprobs.dims, best.dims, bestLogprobs.dims]).toEqual([[rows, V], [rows], [rows]]);
      for (let r = 0; r < rows; r++) {
        const scaled = Array.from(
          raw.data.subarray(r * V, (r + 1) * V),
          (logit) => logit / (temperature.data[r] as number),
        );
        const logSum = Math.log(scaled.reduce((sum, logit, v) => sum + (v === excluded ? 0 : Math.exp(logit)), 0));
        const row = logprobs.data.subarray(r * V, (r + 1) * V);
        const errors = scaled.map((logit, v) => (v === excluded ? 0 : Math.abs(logit - logSum - (row[v] as number))));
        expect(Math.exp(row[excluded] as number)).toBe(0);
        expect(Math.max(...errors)).toBeLessThan(SOFTMAX_TOLERANCE);
        expect(best.data[r]).toBe(row.indexOf(Math.max(...row)));
        expect(bestLogprobs.data[r]).toBe(row[best.data[r] as number]);
      }
      await Promise.all([logits.dispose(), distribution.dispose(), proposals.dispose()]);
    });

    it('gives the same bits when it is compiled and run again', async () => {
      const { architecture, tensors } = await openGolden(name);
      const feeds = packSequences(architecture, sequences);
      const run = async () => {
        const executable = await engine().compile(logprobProgram(architecture), tensors);
        const outputs = await executable.run(feeds);
        await executable.dispose();
        return outputs;
      };
      expect(await run()).toEqual(await run());
    });

    it('without one of its weights is an error that names it', async () => {
      const { architecture, tensors } = await openGolden(name);
      const missing = [...tensors.keys()].find((weight) => weight.includes('.1.')) as string;
      const rest = new Map([...tensors].filter(([weight]) => weight !== missing));
      const start = async () => {
        const executable = await engine().compile(logprobProgram(architecture), rest);
        await executable.run(packSequences(architecture, sequences));
      };
      await expect(start()).rejects.toThrow(`the checkpoint has no weight '${missing}'`);
    });
  });
}

/** Weights of each format, in two files, at offsets that are no multiple of 4. */
function weightSuite(engine: () => Engine): void {
  describe.each(['F32', 'F16', 'BF16'] as const)('a weight in %s', (dtype) => {
    const [stored, table] = [values('stored', [4, 5]), values('stored table', [5, 4])];
    let folder = '';
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'engines-'));
    });
    afterAll(() => rm(folder, { recursive: true }));

    it('is read from where it lies, widened exactly', async () => {
      const weights = new Map<string, WeightSource>();
      for (const [name, tensor] of Object.entries({ stored, table })) {
        const file = join(folder, `${name}.safetensors`);
        const odd = { name: 'odd', dtype: 'F16' as const, shape: [3], values: () => [new Float32Array(3)] };
        const own = { name, dtype, shape: tensor.dims, values: () => [tensor.data as Float32Array] };
        await writeSafetensors(file, [odd, own]);
        const found = (await readSafetensorsHeader(file)).tensors.find((each) => each.name === name);
        if (found === undefined) throw new TypeError(name);
        expect(found.offset % 4).toBe(2);
        weights.set(name, { ...found, dtype });
      }
      const x = values('times stored', ['N', 4]);
      const program: Program<'x' | 'ids', 'product' | 'rows'> = {
        name: 'weights',
        inputs: { x: { dtype: 'float32', dims: ['N', 4] }, ids: { dtype: 'int32', dims: ['N'] } },
        outputs: { product: { dtype: 'float32', dims: ['N', 5] }, rows: { dtype: 'float32', dims: ['N', 4] } },
        build: (ops, inputs) => ({
          product: linear(ops, inputs.x, ops.weight('stored'), null, false),
          rows: ops.gather(ops.weight('table'), inputs.ids),
        }),
      };
      const executable = await engine().compile(program, weights);
      const { product, rows } = await executable.run({ x, ids: given(['N'], Int32Array.of(4, 0, 2)) });
      await executable.dispose();
      const widened = asStored(stored.data as Float32Array, dtype);
      indices([3, 5]).forEach(([n = 0, v = 0], i) => {
        const expected = total(4, (c) => x.at(n, c) * (widened[5 * c + v] as number));
        expect(product.data[i]).toBeCloseTo(expected, 5);
      });
      const exact = asStored(table.data as Float32Array, dtype);
      expect([...rows.data]).toEqual([4, 0, 2].flatMap((id) => [...exact.subarray(4 * id, 4 * id + 4)]));
    });
  });
}

function asStored(data: Float32Array, dtype: FloatFormat): Float32Array {
  if (dtype === 'F32') return data;
  const bits = new Uint32Array(data.length);
  widen(new Uint16Array(narrow(data, dtype).buffer), dtype, bits, 0);
  return new Float32Array(bits.buffer);
}
