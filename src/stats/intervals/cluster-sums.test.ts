import { expect, it } from 'vitest';
import { clusterSums } from './cluster-sums.ts';

it('adds up each cluster, in order of appearance', () => {
  expect(clusterSums([1, 2, 4], ['b', 'a', 'b'])).toEqual([
    { sum: 5, count: 2 },
    { sum: 2, count: 1 },
  ]);
  expect(clusterSums([1, 2], null)).toEqual([
    { sum: 1, count: 1 },
    { sum: 2, count: 1 },
  ]);
});

it('refuses what does not fit', () => {
  expect(() => clusterSums([], null)).toThrow('needs at least one value, got none');
  expect(() => clusterSums([1, 2], ['a'])).toThrow('needs a cluster for each of 2 values, got 1');
  expect(() => clusterSums([1, Number.NaN], null)).toThrow('value 1 is NaN, not a finite number');
});
