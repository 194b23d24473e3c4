import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpt2Architecture } from '../architectures/gpt2.ts';
import { weightShapes } from '../architectures/index.ts';
import { stream } from '../core/numbers/random.ts';
import type { Engine } from '../engines/engine.ts';
import { onnxEngine } from '../engines/onnx/engine.ts';
import { referenceEngine } from '../engines/reference.ts';
import type { HostTensor } from '../tensor/ops.ts';
import { openTrainable, type TrainableOptions } from './open-trainable.ts';
import type { Trainable, TrainingBatch, TrainingState } from './trainable.ts';

const GPT2: Gpt2Architecture = {
  kind: 'gpt2',
  layers: 2,
  width: 16,
  heads: 2,
  innerWidth: 64,
  contextLength: 16,
  layerNormEpsilon: 1e-5,
  vocabularyRows: 23,
  tiedHead: true,
};
const OPTIMIZER = { betas: [0.9, 0.95], epsilon: 1e-8, weightDecay: 0.1, clip: 0.5 } as const;

describe('training', () => {
  let onnx: Engine;
  beforeAll(async () => {
    onnx = await onnxEngine({ threads: 2 });
  });
  const open = (over: Partial<TrainableOptions> = {}, engine = onnx): Promise<Trainable> =>
    openTrainable(GPT2, engine, { optimizer: OPTIMIZER, initial: random(GPT2), ...over });

  it('gives the same bits when it is done again with two threads', async () => {
    const run = async (): Promise<TrainingState> => {
      const trainable = await open();
      for (let step = 0; step < 4; step++) await trainable.step([batch(step, 8), batch(100 + step, 8)], 0.01);
      const state = await trainable.state();
      await trainable.dispose();
      return state;
    };
    expect(await run()).toEqual(await run());
  });

  it('keeps no memory plans of batches, as sizes differ from one to the next', async () => {
    const asked: unknown[] = [];
    const compile: Engine['compile'] = (program, weights, options) => {
      asked.push([program.name, options?.keepsMemoryPlans]);
      return onnx.compile(program, weights, options);
    };
    const trainable = await open({}, { ...onnx, compile });
    await trainable.step([batch(1, 4)], 0.01);
    await trainable.crossEntropies(batch(1, 4));
    expect(asked).toEqual([
      ['AdamW', undefined],
      ['gradients', false],
      ['losses', false],
    ]);
    await trainable.dispose();
  });

  it('learns: the loss of a batch seen again and again falls by half', async () => {
    const trainable = await open();
    const { loss: before } = await trainable.step([batch(1, 4)], 0.01);
    for (let step = 0; step < 40; step++) await trainable.step([batch(1, 4)], 0.01);
    const { loss: after } = await trainable.step([batch(1, 4)], 0.01);
    expect(after).toBeLessThan(before / 2);
    await trainable.dispose();
  });

  it('continues from a saved state as if nothing had happened', async () => {
    const whole = await open();
    for (let step = 0; step < 4; step++) await whole.step([batch(step, 4)], 0.01);
    const first = await open();
    for (let step = 0; step < 2; step++) await first.step([batch(step, 4)], 0.01);
    const saved = await first.state();
    await first.step([batch(50, 4)], 0.01); // what is saved is a copy
    const second = await open();
    await second.restore(saved);
    for (let step = 2; step < 4; step++) await second.step([batch(step, 4)], 0.01);
    expect(await second.state()).toEqual(await whole.state());
    await Promise.all([whole.dispose(), first.dispose(), second.dispose()]);
  });

  it('on two halves of a batch is training on the batch', async () => {
    const [left, right] = [batch(1, 4), batch(2, 4)];
    const both: TrainingBatch = {
      ...left,
      sequences: 8,
      ids: Int32Array.of(...left.ids, ...right.ids),
      rows: Int32Array.of(...left.rows, ...right.rows.map((row) => row + left.ids.length)),
      targets: Int32Array.of(...left.targets, ...right.targets),
      weights: Float32Array.of(...left.weights, ...right.weights),
    };
    const [halves, whole] = [await open(), await open()];
    const [a, b] = [await halves.step([left, right], 0.01), await whole.step([both], 0.01)];
    expect(a.loss).toBeCloseTo(b.loss, 5);
    expect(a.gradientNorm).toBeCloseTo(b.gradientNorm, 5);
    near(await halves.state(), await whole.state(), 1e-4);
    await Promise.all([halves.dispose(), whole.dispose()]);
  });

  it('agrees on both engines, clipped and not', async () => {
    for (const clip of [0.05, null]) {
      const optimizer = { ...OPTIMIZER, clip };
      const [a, b] = [await open({ optimizer }), await open({ optimizer }, referenceEngine())];
      for (let step = 0; step < 2; step++) {
        const [x, y] = [await a.step([batch(step, 2)], 0.001), await b.step([batch(step, 2)], 0.001)];
        expect(x.loss).toBeCloseTo(y.loss, 5);
        expect(x.gradientNorm).toBeCloseTo(y.gradientNorm, 5);
      }
      near(await a.state(), await b.state(), 1e-4);
      await Promise.all([a.dispose(), b.dispose()]);
    }
  });

  it.each([
    ['loss', (bad: Float32Array) => bad.fill(Number.NaN)],
    ['gradient', (bad: Float32Array) => bad.fill(3e38)],
  ])('leaves everything as it was when the %s is not finite', async (_, spoil) => {
    const trainable = await open();
    await trainable.step([batch(1, 4)], 0.01);
    const before = await trainable.state();
    const bad = batch(2, 4);
    spoil(bad.weights);
    const { loss, gradientNorm } = await trainable.step([batch(3, 4), bad], 0.01);
    expect(Number.isFinite(loss) && Number.isFinite(gradientNorm)).toBe(false);
    expect(await trainable.state()).toEqual(before);
    const { loss: next } = await trainable.step([batch(4, 4)], 0.01); // nothing of the bad batch is left
    expect(Number.isFinite(next)).toBe(true);
    await trainable.dispose();
  });

  it('serves batches of any number of sequences and rows, and more lengths than it keeps graphs for', async () => {
    const trainable = await open();
    for (const [sequences, length] of [
      [1, 5],
      [3, 5],
      [2, 1],
      [2, 7],
      [2, 8],
      [2, 9],
      [1, 5],
    ] as const) {
      const given = batch(sequences, sequences, length);
      const losses = await trainable.crossEntropies(given);
      const weighted = losses.reduce((sum, loss, row) => sum + loss * (given.weights[row] as number), 0);
      expect((await trainable.step([given], 0.001)).loss).toBeCloseTo(weighted, 4);
    }
    await trainable.dispose();
  });

  it('does not move for a batch of which nothing is read, but for the weight decay', async () => {
    const trainable = await open({ optimizer: { ...OPTIMIZER, weightDecay: 0 } });
    const { parameters: before } = await trainable.state();
    const nothing = { ...batch(1, 2), rows: new Int32Array(), targets: new Int32Array(), weights: new Float32Array() };
    expect(await trainable.step([nothing], 0.01)).toEqual({ loss: 0, gradientNorm: 0 });
    expect((await trainable.state()).parameters).toEqual(before);
    expect(await trainable.crossEntropies(nothing)).toEqual(new Float32Array());
    await trainable.dispose();
  });

  it('refuses a state of another network', async () => {
    const trainable = await open();
    const { parameters } = await trainable.state();
    const smaller = new Map([...parameters].filter(([name]) => name !== 'ln_f.bias'));
    const state = { steps: 0, parameters: smaller, firstMoments: new Map(), secondMoments: new Map() };
    await expect(trainable.restore(state)).rejects.toThrow('ln_f.bias: expected [16], found nothing');
    await trainable.dispose();
  });
});

function random(net: Gpt2Architecture): Map<string, HostTensor> {
  const shapes = weightShapes(net, net.vocabularyRows, !net.tiedHead);
  return new Map(
    [...shapes].map(([name, dims]) => {
      const numbers = stream(1, 'training-test', name);
      const length = dims.reduce((product, dim) => product * dim, 1);
      return [name, { dims, data: Float32Array.from({ length }, (_, i) => numbers.uniform(i) - 0.5) }];
    }),
  );
}

/** Next-token prediction on random ids. */
function batch(seed: number, sequences: number, length = 6): TrainingBatch {
  const numbers = stream(seed, 'training-test-batch');
  const ids = Int32Array.from({ length: sequences * length }, (_, i) => Math.floor(23 * numbers.uniform(i)));
  const rows = Int32Array.from(ids, (_, i) => i).filter((row) => length === 1 || row % length < length - 1);
  return {
    ids,
    sequences,
    length,
    attention: 'causal',
    rows,
    targets: rows.map((row) => ids[(row + 1) % ids.length] as number),
    weights: new Float32Array(rows.length).fill(1 / rows.length),
  };
}

function near(found: TrainingState, expected: TrainingState, tolerance: number): void {
  expect(found.steps).toBe(expected.steps);
  for (const [name, { data }] of expected.parameters) {
    const own = found.parameters.get(name)?.data as Float32Array;
    data.forEach((value, i) => {
      expect(Math.abs((own[i] as number) - value), `${name}[${i}]`).toBeLessThan(tolerance);
    });
  }
}
