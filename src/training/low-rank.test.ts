import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { DecoderArchitecture } from '../architectures/decoder.ts';
import { kindOf, weightShapes } from '../architectures/index.ts';
import { openCheckpoint } from '../checkpoints/open.ts';
import { onnxEngine } from '../engines/onnx/engine.ts';
import type { HostTensor } from '../tensor/ops.ts';
import { readParameters } from './initial-parameters.ts';
import { lowRankInitial, lowRankShapes, mergeLowRank } from './low-rank.ts';
import { openTrainable } from './open-trainable.ts';
import type { TrainingBatch } from './trainable.ts';

const LLAMA_7B: DecoderArchitecture = {
  kind: 'llama',
  layers: 32,
  width: 4096,
  heads: 32,
  keyValueHeads: 32,
  headWidth: 128,
  innerWidth: 11008,
  contextLength: 4096,
  rmsNormEpsilon: 1e-5,
  ropeBase: 10000,
  vocabularyRows: 32000,
  tiedHead: false,
};

function count(rank: number, embedding: boolean): number {
  const shapes = lowRankShapes(LLAMA_7B, weightShapes(LLAMA_7B, 32000, true), { rank, alpha: 2 * rank, embedding });
  return [...shapes.values()].reduce((sum, dims) => sum + dims.reduce((product, dim) => product * dim, 1), 0);
}

it('at the shapes of LLaMA 7B has the published number of parameters: 151 M at rank 8 with the embedding', () => {
  expect(count(8, false)).toBe(19_988_480);
  expect(count(8, true)).toBe(151_060_480);
  expect(count(16, true)).toBe(171_048_960);
});

describe.each(['gpt2-tiny-ar', 'llama-tiny-ar'])('on the net of %s', (name) => {
  const settings = { rank: 2, alpha: 4, embedding: true };
  const optimizer = { betas: [0.9, 0.95], epsilon: 1e-8, weightDecay: 0, clip: 1 } as const;
  const ids = Int32Array.from({ length: 12 }, (_, i) => (37 * i + 5) % 384);
  const rows = Int32Array.of(0, 1, 2, 3, 4, 6, 7, 8, 9, 10);
  const batch: TrainingBatch = {
    ids,
    sequences: 2,
    length: 6,
    attention: 'causal',
    rows,
    targets: rows.map((row) => ids[row + 1] as number),
    weights: new Float32Array(rows.length).fill(1 / rows.length),
  };

  it('they start as the net, train with the base left alone, and merge into weights of the same losses', async () => {
    const { architecture: net, tensors } = await openCheckpoint(
      fileURLToPath(new URL(`../../test/golden/data/${name}`, import.meta.url)),
    );
    const engine = await onnxEngine({ threads: 1 });
    const base = await readParameters(tensors);
    const shapes = lowRankShapes(net, new Map([...base].map(([each, { dims }]) => [each, dims])), settings);
    const embedding = kindOf(net).names.embedding;
    const initial = lowRankInitial(shapes, 1).set(embedding, base.get(embedding) as HostTensor);
    expect([...initial.keys()].sort()).toEqual([...shapes.keys()].sort());
    const adapterScale = settings.alpha / settings.rank;
    const plain = await openTrainable(net, engine, { optimizer, initial: base });
    const adapted = await openTrainable(net, engine, { optimizer, initial, frozen: tensors, adapterScale });
    const before = await plain.crossEntropies(batch);
    near(await adapted.crossEntropies(batch), before, 1e-5);

    for (let step = 0; step < 5; step++) await adapted.step([batch], 0.02);
    const after = await adapted.crossEntropies(batch);
    expect(mean(after)).toBeLessThan(mean(before) / 2);

    const { parameters } = await adapted.state();
    const trained = new Map([...base, [embedding, parameters.get(embedding) as HostTensor]]);
    const weights = mergeLowRank(net, trained, parameters, adapterScale);
    const merged = await openTrainable(net, engine, { optimizer, initial: weights });
    near(await merged.crossEntropies(batch), after, 1e-4);
    await Promise.all([plain.dispose(), adapted.dispose(), merged.dispose()]);
  });
});

const mean = (x: Float32Array): number => x.reduce((total, value) => total + value, 0) / x.length;

function near(found: Float32Array, expected: Float32Array, tolerance: number): void {
  expect(found).toHaveLength(expected.length);
  const errors = Array.from(expected, (value, i) => Math.abs((found[i] as number) - value));
  expect(Math.max(...errors)).toBeLessThan(tolerance);
}
