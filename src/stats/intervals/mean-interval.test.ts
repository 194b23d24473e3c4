import { expect, it } from 'vitest';
import { stream } from '../../core/numbers/random.ts';
import { isUnbounded, meanInterval } from '../clustered/estimate-items.ts';
import { normalQuantile } from '../distributions/normal-quantile.ts';

const DIGITS = 10;

// scipy 1.17.1: scipy.stats.t.interval(confidence, 4, loc=numpy.mean(x), scale=scipy.stats.sem(x))
it.each([
  [0.95, 1.5416515396944317, 5.418348460305568],
  [0.99, 0.2656954246007861, 6.694304575399213],
])('at %d agrees with scipy', (confidence, low, high) => {
  const estimate = meanInterval([2.1, 3.4, 1.9, 5.6, 4.4], confidence, 2);
  expect(estimate.value).toBeCloseTo(3.48, DIGITS);
  expect(estimate.stderr).toBeCloseTo(0.6981403870282824, DIGITS);
  expect(estimate.low).toBeCloseTo(low, DIGITS);
  expect(estimate.high).toBeCloseTo(high, DIGITS);
  expect(estimate).toMatchObject({ n: 5, unscored: 2, confidence, method: 'mean, Student t' });
});

it('gives one value the whole line', () => {
  const estimate = meanInterval([3]);
  expect(estimate.value).toBe(3);
  expect(isUnbounded(estimate)).toBe(true);
  expect(isUnbounded(meanInterval([3, 4]))).toBe(false);
});

it('refuses no values with a sentence', () => {
  expect(() => meanInterval([])).toThrow('meanInterval: needs at least one value, got none');
});

it('refuses a confidence given in percent', () => {
  expect(() => meanInterval([1, 2], 95)).toThrow('meanInterval: needs 0 < confidence < 1, got 95');
});

// Five standard errors of a simulated share: a correct interval fails once in two million runs, and the seed is fixed.
it('covers the true mean of normal values 95 times in 100', () => {
  const trials = 4000;
  const random = stream(11, 'mean-interval coverage');
  let covered = 0;
  for (let trial = 0; trial < trials; trial++) {
    const values = Array.from(
      { length: 8 },
      (_, i) => 3 + 2 * normalQuantile(random.uniform(trial * 8 + i) + 2 ** -54),
    );
    const { low, high } = meanInterval(values);
    if (low <= 3 && 3 <= high) covered++;
  }
  expect(Math.abs(covered / trials - 0.95)).toBeLessThan(5 * Math.sqrt((0.95 * 0.05) / trials));
});
