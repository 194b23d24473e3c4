import { expect, it } from 'vitest';
import { betaQuantile } from './beta-quantile.ts';
import { incompleteBeta } from './special-functions.ts';

it('has a closed form where one parameter is 1', () => {
  expect(betaQuantile(0.95, 1, 13)).toBeCloseTo(1 - 0.05 ** (1 / 13), 10);
  expect(betaQuantile(0.05, 5, 1)).toBeCloseTo(0.05 ** (1 / 5), 10);
});

it('inverts the distribution function, in the tails and for parameters that are not whole', () => {
  for (const a of [0.3, 1, 2.5, 40, 3000]) {
    for (const b of [0.7, 1, 9.25, 500, 20_000]) {
      for (const p of [0.001, 0.05, 0.5, 0.975]) {
        expect(incompleteBeta(a, b, betaQuantile(p, a, b))).toBeCloseTo(p, 8);
      }
    }
  }
});

it('refuses what is no share, and parameters that are not positive', () => {
  expect(() => betaQuantile(1, 1, 1)).toThrow('needs 0 < p < 1, got 1');
  expect(() => betaQuantile(0.5, 0, 1)).toThrow('needs a > 0 and b > 0, got 0 and 1');
});
