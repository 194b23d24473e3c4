import { expect, it } from 'vitest';
import { clusterLayout } from './cluster-layout.ts';
import { clusterTotals } from './cluster-totals.ts';

it('adds the values of each cluster', () => {
  expect([...clusterTotals(clusterLayout([5, 0, 5]), [1, 2, 4])]).toEqual([5, 2]);
});

it('refuses another number of values, and one that is not finite', () => {
  expect(() => clusterTotals(clusterLayout([5, 0]), [1])).toThrow('clusterTotals: needs 2 values, got 1');
  expect(() => clusterTotals(clusterLayout([5, 0]), [1, Number.NaN])).toThrow('value 1 is NaN');
});
