import { expect, it } from 'vitest';
import { isUnbounded, meanInterval } from '../intervals/mean-interval.ts';
import { clusterLayout, independent } from './cluster-layout.ts';
import { clusteredMeanInterval } from './clustered-mean-interval.ts';

it('is Student’s interval, to the last bit, of independent items', () => {
  expect(clusteredMeanInterval(independent(3), [1, 2, 6], { unscored: 1 })).toEqual(meanInterval([1, 2, 6], 0.95, 1));
});

it('is that of the clusters’ means where items of a cluster agree and clusters are of one size', () => {
  const found = clusteredMeanInterval(clusterLayout([1, 1, 2, 2, 3, 3]), [1, 1, 2, 2, 6, 6]);
  expect(found.low).toBeCloseTo(meanInterval([1, 2, 6]).low, 10);
  expect(found.method).toBe('mean, Student t over 3 clusters');
  expect(isUnbounded(clusteredMeanInterval(clusterLayout([1, 1]), [1, 2]))).toBe(true);
});
