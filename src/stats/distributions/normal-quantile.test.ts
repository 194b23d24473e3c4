import { expect, it } from 'vitest';
import { normalQuantile } from './normal-quantile.ts';

const RELATIVE = 1e-14;

// Python 3 standard library, statistics.NormalDist().inv_cdf(p)
it.each([
  [1e-20, -9.262340089798405],
  [1e-10, -6.361340902404056],
  [0.0001, -3.71901648545568],
  [0.3, -0.5244005127080407],
  [0.975, 1.9599639845400536],
  [0.995, 2.5758293035489],
])('at %d is %d', (p, expected) => {
  expect(Math.abs(normalQuantile(p) / expected - 1)).toBeLessThan(RELATIVE);
});

it('is zero at one half', () => {
  expect(normalQuantile(0.5)).toBe(0);
});

it('refuses p = 0 with a sentence', () => {
  expect(() => normalQuantile(0)).toThrow('normalQuantile: needs 0 < p < 1, got 0');
});
