import { expect, it } from 'vitest';
import type { Gpt2Architecture } from '../architectures/gpt2.ts';
import { randomParameters, withMaskRow } from './initial-parameters.ts';

const NET: Gpt2Architecture = {
  kind: 'gpt2',
  layers: 2,
  width: 32,
  heads: 2,
  innerWidth: 128,
  contextLength: 16,
  layerNormEpsilon: 1e-5,
  vocabularyRows: 50,
  tiedHead: true,
};
const spread = (values: ArrayLike<number>) =>
  Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0) / values.length);

it('draws weights as GPT-2 does, from the seed alone', () => {
  const parameters = randomParameters(NET, 3);
  expect(parameters).toEqual(randomParameters(NET, 3));
  const values = (name: string) => parameters.get(name)?.data ?? [];
  expect(spread(values('h.0.mlp.c_fc.weight'))).toBeCloseTo(0.02, 3);
  expect(spread(values('h.1.mlp.c_proj.weight'))).toBeCloseTo(0.01, 3);
  expect(new Set(values('ln_f.weight'))).toEqual(new Set([1]));
  expect(new Set(values('h.0.attn.c_attn.bias'))).toEqual(new Set([0]));
});

it('adds a mask row: the mean of all rows and noise of deviation 1/√C', () => {
  const before = randomParameters(NET, 3);
  const table = withMaskRow(before, NET, 3).get('wte.weight');
  expect(table?.dims).toEqual([51, 32]);
  expect(table?.data.subarray(0, 50 * 32)).toEqual(before.get('wte.weight')?.data);
  // 32 numbers of deviation 0.177 about a mean of 0.003: the standard error of the deviation is 0.022.
  expect(Math.abs(spread(table?.data.subarray(50 * 32) ?? []) - 1 / Math.sqrt(32))).toBeLessThan(0.08);
});
