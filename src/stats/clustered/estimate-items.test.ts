import { expect, it } from 'vitest';
import { clusterLayout, independent } from './cluster-layout.ts';
import { clusteredMeanInterval, estimateItems, isUnbounded, meanInterval } from './estimate-items.ts';

it('names Wilson for shares, a bounded mean for fractions, Student for the rest', () => {
  const methodOf = (values: readonly number[], isBounded: boolean) =>
    estimateItems(independent(values.length), values, { isBounded }).method;
  expect(methodOf([0, 1, 1], true)).toBe('mean, Wilson');
  expect(methodOf([0, 0.5, 1], true)).toBe('mean, bounded');
  expect(methodOf([0.2, 0.5, 0.9], false)).toBe('mean, Student t');
});

it('is Student’s interval, to the last bit, of independent items', () => {
  expect(clusteredMeanInterval(independent(3), [1, 2, 6], { unscored: 1 })).toEqual(meanInterval([1, 2, 6], 0.95, 1));
});

it('is that of the clusters’ means where items of a cluster agree and clusters are of one size', () => {
  const found = clusteredMeanInterval(clusterLayout([1, 1, 2, 2, 3, 3]), [1, 1, 2, 2, 6, 6]);
  expect(found.low).toBeCloseTo(meanInterval([1, 2, 6]).low, 10);
  expect(found.method).toBe('mean, Student t over 3 clusters');
  expect(isUnbounded(clusteredMeanInterval(clusterLayout([1, 1]), [1, 2]))).toBe(true);
});
