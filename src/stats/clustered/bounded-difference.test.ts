import { expect, it } from 'vitest';
import { boundedDifference } from './bounded-difference.ts';
import { clusterLayout, independent } from './cluster-layout.ts';

it('is no point where all differences are equal, and stays inside −1..1', () => {
  const { value, low, high, method } = boundedDifference(independent(5), [0, 0, 0, 0, 0]);
  expect([value, method]).toEqual([0, 'paired difference, bounded']);
  expect([low, high]).toEqual([expect.closeTo(-0.6066, 4), expect.closeTo(0.6066, 4)]);
  expect(boundedDifference(independent(3), [1, 1, 1]).high).toBe(1);
});

it('names the clusters', () => {
  expect(boundedDifference(clusterLayout([1, 1, 2, 2]), [0, 1, 0, -1]).method).toBe(
    'paired difference, Wilson over 2 clusters',
  );
});
