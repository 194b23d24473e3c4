import { expect, it } from 'vitest';
import { stream } from '../../core/numbers/random.ts';
import { clusterLayout } from '../clustered/cluster-layout.ts';
import { bcaBootstrap } from './bootstrap.ts';

const VALUES = [2.1, 3.4, 1.9, 5.6, 4.4, 0.3, 9.7, 2.2];
/** Several standard errors of a quantile over 20,000 resamples of these values. */
const NOISE = 0.09;

// scipy 1.17.1: scipy.stats.bootstrap((VALUES,), numpy.mean, method='BCa', n_resamples=400000)
it('agrees with scipy', () => {
  const estimate = bcaBootstrap(stream(1, 'bca'), VALUES, { draws: 20_000 });
  expect(Math.abs(estimate.low - 2.2125)).toBeLessThan(NOISE);
  expect(Math.abs(estimate.high - 6.2125)).toBeLessThan(NOISE);
  expect(estimate).toMatchObject({ value: expect.closeTo(3.7, 12), n: 8, method: 'mean, BCa bootstrap' });
});

it('of equal values is that value', () => {
  expect(bcaBootstrap(stream(1, 'bca'), [2, 2, 2], { draws: 200 })).toMatchObject({ low: 2, high: 2, stderr: 0 });
});

it('resamples clusters as a whole', () => {
  const layout = clusterLayout(VALUES.map((_, i) => 1 + (i >> 1)));
  const estimate = bcaBootstrap(stream(1, 'bca'), VALUES, { draws: 400, layout });
  expect(estimate.method).toBe('mean, BCa bootstrap over clusters');
  expect(estimate.low).toBeGreaterThanOrEqual(Math.min(2.75, 3.75, 2.35, 5.95));
});

// scipy 1.17.1: scipy.stats.bootstrap(method='BCa', n_resamples=400) on 4,000 samples of 40 exponential values covers 0.9195 ±
// 0.0043. Tolerance: four standard errors of both simulations.
it('covers the mean of skewed values nearly as often as it should', () => {
  const [trials, n] = [800, 40];
  const random = stream(5, 'exponential values');
  let covered = 0;
  for (let trial = 0; trial < trials; trial++) {
    const values = Array.from({ length: n }, (_, i) => -Math.log(1 - random.uniform(trial * n + i)));
    const { low, high } = bcaBootstrap(stream(6, 'resample', trial), values, { draws: 400 });
    if (low <= 1 && 1 <= high) covered++;
  }
  const error = Math.hypot(0.0043, Math.sqrt((0.9195 * 0.0805) / trials));
  expect(Math.abs(covered / trials - 0.9195)).toBeLessThan(4 * error);
});
