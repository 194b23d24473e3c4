import { expect, it } from 'vitest';
import { stream } from '../../core/numbers/random.ts';
import { clusterLayout } from '../clustered/cluster-layout.ts';
import { normalQuantile } from '../distributions/normal-quantile.ts';
import { percentileBootstrap } from './bootstrap.ts';

const VALUES = [2.1, 3.4, 1.9, 5.6, 4.4, 0.3, 9.7, 2.2];
/** Several standard errors of a quantile over 20,000 resamples of these values. */
const NOISE = 0.06;

// scipy 1.17.1: scipy.stats.bootstrap((VALUES,), numpy.mean, method='percentile', n_resamples=400000)
it('agrees with scipy', () => {
  const estimate = percentileBootstrap(stream(1, 'percentile'), VALUES, { draws: 20_000, unscored: 2 });
  expect(estimate).toMatchObject({
    value: expect.closeTo(3.7, 12),
    n: 8,
    unscored: 2,
    method: 'mean, percentile bootstrap',
  });
  expect(Math.abs(estimate.low - 2.0125)).toBeLessThan(NOISE);
  expect(Math.abs(estimate.high - 5.7625)).toBeLessThan(NOISE);
  expect(Math.abs(estimate.stderr - 0.96617)).toBeLessThan(0.02);
});

it('is wider when items of a cluster are alike', () => {
  const values = VALUES.flatMap((value) => [value, value, value]);
  const layout = clusterLayout(VALUES.flatMap((_, i) => [i + 1, i + 1, i + 1]));
  const alone = percentileBootstrap(stream(1, 'percentile'), values, { draws: 4000 });
  const together = percentileBootstrap(stream(1, 'percentile'), values, { draws: 4000, layout });
  expect(together.method).toBe('mean, percentile bootstrap over clusters');
  // Three copies of each item carry as much as one: the error is √3 times what 24 independent items would have.
  expect(together.stderr / alone.stderr).toBeCloseTo(Math.sqrt(3), 1);
});

// The bootstrap's deviation lacks the factor √(n / (n − 1)): a 95 % interval of 25 normal values covers P(|t₂₄| ≤ 1.96 √(24/25)) =
// 0.933 (scipy 1.17.1, scipy.stats.t). Tolerance: four standard errors.
it('covers the mean of normal values about as often as its formula says', () => {
  const [trials, n, coverage] = [1000, 25, 0.933];
  const random = stream(3, 'normal values');
  let covered = 0;
  for (let trial = 0; trial < trials; trial++) {
    const values = Array.from({ length: n }, (_, i) => normalQuantile(random.uniform(trial * n + i) + 2 ** -54));
    const { low, high } = percentileBootstrap(stream(4, 'resample', trial), values, { draws: 400 });
    if (low <= 0 && 0 <= high) covered++;
  }
  expect(Math.abs(covered / trials - coverage)).toBeLessThan(4 * Math.sqrt((coverage * (1 - coverage)) / trials));
});
