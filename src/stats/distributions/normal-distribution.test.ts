import { expect, it } from 'vitest';
import { normalDistribution } from './normal-distribution.ts';
import { normalQuantile } from './normal-quantile.ts';

// scipy 1.17.1: scipy.stats.norm.cdf(x)
it.each([
  [0, 0.5],
  [0.5, 0.6914624612740131],
  [-1.3, 0.09680048458561036],
  [1.959963984540054, 0.975],
  [2.5, 0.9937903346742238],
  [-2.5, 0.006209665325776132],
  [-5, 2.866515718791933e-7],
  [-10, 7.61985302416047e-24],
  [-37, 5.7255712225239266e-300],
])('of %d agrees with scipy', (x, expected) => {
  expect(normalDistribution(x) / expected).toBeCloseTo(1, 12);
});

it('undoes the quantile', () => {
  for (const p of [1e-12, 0.003, 0.2, 0.5, 0.77, 0.999])
    expect(normalDistribution(normalQuantile(p))).toBeCloseTo(p, 13);
});

it('reaches its ends', () => {
  expect(normalDistribution(Number.POSITIVE_INFINITY)).toBe(1);
  expect(normalDistribution(Number.NEGATIVE_INFINITY)).toBe(0);
  expect(() => normalDistribution(Number.NaN)).toThrow('needs a number, got NaN');
});
