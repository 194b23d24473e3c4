import { expect, it } from 'vitest';
import { clusterLayout } from '../clustered/cluster-layout.ts';
import { clusterSums } from './bootstrap.ts';

it('adds up each cluster, in order of appearance', () => {
  expect(clusterSums(clusterLayout([7, 0, 7]), [1, 2, 4])).toEqual([
    { sum: 5, count: 2 },
    { sum: 2, count: 1 },
  ]);
});

it('refuses what does not fit', () => {
  expect(() => clusterSums(clusterLayout([0, 0]), [1])).toThrow('needs 2 values, got 1');
  expect(() => clusterSums(clusterLayout([0, 0]), [1, Number.NaN])).toThrow('value 1 is NaN, not a finite number');
});
