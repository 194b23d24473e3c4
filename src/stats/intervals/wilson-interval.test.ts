import { expect, it } from 'vitest';
import { stream } from '../../core/numbers/random.ts';
import { wilsonInterval } from './wilson-interval.ts';

const DIGITS = 12;

// scipy 1.17.1: scipy.stats.binomtest(k, n).proportion_ci(0.95, method='wilson'); 81 of 263 is the example of
// Newcombe 1998, table I, which prints 0.2553 to 0.3662.
it.each([
  [0, 10, 0, 0.27753279986288926],
  [10, 10, 0.7224672001371109, 1],
  [3, 10, 0.10779126740630102, 0.6032218525388546],
  [81, 263, 0.2552885198782742, 0.36620957698280004],
  [450, 1000, 0.41941538407429674, 0.48096729177425873],
])('of %d in %d agrees with scipy', (successes, n, low, high) => {
  const estimate = wilsonInterval(successes, n);
  expect(estimate.value).toBe(successes / n);
  expect(estimate.low).toBeCloseTo(low, DIGITS);
  expect(estimate.high).toBeCloseTo(high, DIGITS);
});

it('carries the number of unscored items', () => {
  expect(wilsonInterval(3, 10, 0.9, 4)).toMatchObject({ n: 10, unscored: 4, confidence: 0.9, method: 'mean, Wilson' });
});

it('refuses no trials with a sentence', () => {
  expect(() => wilsonInterval(0, 0)).toThrow('wilsonInterval: needs at least one trial, got 0');
});

it('refuses more successes than trials', () => {
  expect(() => wilsonInterval(4, 3)).toThrow('wilsonInterval: needs 0 to 3 successes, got 4');
});

// The coverage of a discrete interval moves around its nominal value. Summing binomial probabilities (scipy 1.17.1) gives
// exactly 0.9364, 0.9372 and 0.9431 at n = 100 for these shares; the tolerance is four standard errors of 4000 trials.
it.each([
  [0.1, 0.9364],
  [0.3, 0.9372],
  [0.5, 0.9431],
])('covers a true share of %d as often as it should', (share, coverage) => {
  const trials = 4000;
  const n = 100;
  const random = stream(12, 'wilson coverage', share);
  let covered = 0;
  for (let trial = 0; trial < trials; trial++) {
    let successes = 0;
    for (let i = 0; i < n; i++) if (random.uniform(trial * n + i) < share) successes++;
    const { low, high } = wilsonInterval(successes, n);
    if (low <= share && share <= high) covered++;
  }
  expect(Math.abs(covered / trials - coverage)).toBeLessThan(4 * Math.sqrt((coverage * (1 - coverage)) / trials));
});
