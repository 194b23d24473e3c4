import { expect, it } from 'vitest';
import { sortedQuantile } from './sorted-quantile.ts';

// R: quantile(c(1, 2, 4, 8), c(0, .1, .5, .9, 1)), type 7; numpy.quantile gives the same.
it('agrees with R', () => {
  expect([0, 0.1, 0.5, 0.9, 1].map((p) => sortedQuantile([1, 2, 4, 8], p))).toEqual([
    1,
    expect.closeTo(1.3, 12),
    3,
    expect.closeTo(6.8, 12),
    8,
  ]);
});

it('of one value is that value', () => expect(sortedQuantile([5], 0.3)).toBe(5));

it('refuses no values and percent', () => {
  expect(() => sortedQuantile([], 0.5)).toThrow('needs at least one value, got none');
  expect(() => sortedQuantile([1], 50)).toThrow('needs 0 <= p <= 1, got 50');
});
