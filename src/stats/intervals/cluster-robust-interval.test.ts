import { expect, it } from 'vitest';
import { stream } from '../../core/numbers/random.ts';
import { normalQuantile } from '../distributions/normal-quantile.ts';
import { clusterRobustInterval } from './cluster-robust-interval.ts';
import { meanInterval } from './mean-interval.ts';

// NumPy 2, scipy 1.17.1: residual sums of a, b, c, d; sqrt(4/3 · Σ sum²) / 8; reach = scipy.stats.t.ppf(0.975, 3) · stderr
it('agrees with the formula in NumPy', () => {
  const estimate = clusterRobustInterval([1, 2, 4, 3, 3, 8, 9, 1], ['a', 'a', 'b', 'b', 'b', 'c', 'c', 'd']);
  expect(estimate.value).toBe(3.875);
  expect(estimate.stderr).toBeCloseTo(1.5747436960767085, 12);
  expect(estimate.high - estimate.value).toBeCloseTo(5.011537257348131, 9);
  expect(estimate.method).toBe('mean, Student t over 4 clusters');
});

it('of single items is the t interval', () => {
  const values = [2.1, 3.4, 1.9, 5.6, 4.4];
  const { low, high, stderr } = meanInterval(values);
  const found = clusterRobustInterval(values, ['a', 'b', 'c', 'd', 'e']);
  expect([found.low, found.high, found.stderr]).toEqual([low, high, stderr].map((each) => expect.closeTo(each, 12)));
});

it('refuses a single cluster', () => {
  expect(() => clusterRobustInterval([1, 2], ['a', 'a'])).toThrow('needs at least two clusters, got 1');
  expect(() => clusterRobustInterval([1, 2], ['a', 'b'], 95)).toThrow('needs 0 < confidence < 1, got 95');
});

// 40 clusters of 5 items that share a normal effect: exact t over the clusters' means. Tolerance: four standard errors.
it('covers as often as it should where the plain interval does not', () => {
  const [trials, groups, size] = [2000, 40, 5];
  const random = stream(7, 'clustered');
  const normal = (at: number) => normalQuantile(random.uniform(at) + 2 ** -54);
  const clusters = Array.from({ length: groups * size }, (_, i) => `g${Math.floor(i / size)}`);
  let [covered, plain] = [0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const at = trial * groups * (size + 1);
    const values = clusters.map((_, i) => normal(at + Math.floor(i / size)) + 0.5 * normal(at + groups + i));
    const robust = clusterRobustInterval(values, clusters);
    const naive = meanInterval(values);
    if (robust.low <= 0 && 0 <= robust.high) covered++;
    if (naive.low <= 0 && 0 <= naive.high) plain++;
  }
  expect(Math.abs(covered / trials - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / trials));
  expect(plain / trials).toBeLessThan(0.75);
});
