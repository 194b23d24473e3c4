import { expect, it } from 'vitest';
import { noiseBudget } from '../noise-budget.ts';
import { clusterLayout, independent } from './cluster-layout.ts';
import { clusteredNoiseBudget } from './clustered-noise-budget.ts';

const inputs = { values: [1, 1, 2, 2, 6, 6], monteCarlo: [0.1, 0.1, 0.1, 0.1, 0.1, 0.1] };

it('is the ordinary budget where each item stands alone', () => {
  const [found, expected] = [clusteredNoiseBudget(independent(6), inputs), noiseBudget(inputs)];
  expect(found.item).toBeCloseTo(expected.item, 14);
  expect(found.total).toBeCloseTo(expected.total, 14);
});

it('takes the spread over clusters, and the noise of draws as it is', () => {
  const found = clusteredNoiseBudget(clusterLayout([1, 1, 2, 2, 3, 3]), inputs);
  // 7 / 3 is the variance of the mean of 1, 2 and 6; 0.01 / 6 that of the draws.
  expect(found.item ** 2).toBeCloseTo(7 / 3 - 0.01 / 6, 12);
  expect(found.monteCarlo ** 2).toBeCloseTo(0.01 / 6, 12);
  expect(found.shares.seed).toBe(null);
});
