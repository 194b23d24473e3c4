import { expect, it } from 'vitest';
import { clusterLayout, clusterTotals, independent } from './cluster-layout.ts';

it('puts items with one number together and lets those with 0 stand alone, in order of first appearance', () => {
  const { n, count, index, sizes } = clusterLayout([7, 0, 7, 3, 0]);
  expect([n, count]).toEqual([5, 4]);
  expect([...index]).toEqual([0, 1, 0, 2, 3]);
  expect([...sizes]).toEqual([2, 1, 1, 1]);
});

it('gives the size of the cluster that a typical item is in', () => {
  expect(clusterLayout([1, 1, 1, 2]).typicalSize).toBe(10 / 4);
  expect(independent(4).typicalSize).toBe(1);
});

it('refuses no items', () => {
  expect(() => clusterLayout([])).toThrow('clusterLayout: needs at least one item, got none');
});

it('adds the values of each cluster', () => {
  expect([...clusterTotals(clusterLayout([5, 0, 5]), [1, 2, 4])]).toEqual([5, 2]);
});

it('refuses another number of values, and one that is not finite', () => {
  expect(() => clusterTotals(clusterLayout([5, 0]), [1])).toThrow('clusterTotals: needs 2 values, got 1');
  expect(() => clusterTotals(clusterLayout([5, 0]), [1, Number.NaN])).toThrow('value 1 is NaN');
});
