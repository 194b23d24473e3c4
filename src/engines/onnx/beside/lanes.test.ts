import { expect, it } from 'vitest';
import type { Weights } from '../../../tensor/ops.ts';
import { isSmall, lanesFor } from './lanes.ts';

const weights = (...sizes: readonly number[]): Weights =>
  new Map(
    sizes.map((values, i) => [`w${i}`, { file: '', offset: 0, byteLength: 0, dtype: 'F32', shape: [values] } as const]),
  );

it('gives a small network a thread for each core, four at most, and a large one all cores at once', () => {
  expect(lanesFor(weights(700_000), 2)).toBe(2);
  expect(lanesFor(weights(700_000), 64)).toBe(4);
  expect(lanesFor(weights(700_000), 1)).toBe(1);
  expect(lanesFor(weights(124_000_000), 2)).toBe(1);
});

it('takes a network for small by all its weights together', () => {
  expect(isSmall(weights(2 ** 24, 2 ** 24))).toBe(true);
  expect(isSmall(weights(2 ** 24, 2 ** 24, 1))).toBe(false);
});
