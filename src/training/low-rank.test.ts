import { expect, it } from 'vitest';
import type { LlamaArchitecture } from '../checkpoints/checkpoint.ts';
import { weightShapes } from '../checkpoints/weight-shapes.ts';
import { lowRankShapes } from './low-rank.ts';

const LLAMA_7B: LlamaArchitecture = {
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
