import { expect, it } from 'vitest';
import { clusterLayout, independent } from './cluster-layout.ts';
import { clusterMean } from './cluster-mean.ts';
import { effectiveItems } from './effective-items.ts';

const worth = (labels: number[], values: number[], range: readonly [number, number] = [0, 1]) => {
  const layout = clusterLayout(labels);
  return effectiveItems(layout, clusterMean(layout, values), range);
};

it('counts every item where each stands alone', () => {
  expect(effectiveItems(independent(3), clusterMean(independent(3), [0, 0, 1]), [0, 1])).toBe(3);
});

it('takes items of a cluster to agree where all items are the same: n² / Σ m²', () => {
  const labels = [1, 1, 1, 1, 2, 2, 0, 0];
  for (const value of [-1, 0, 1]) {
    expect(worth(labels, new Array(8).fill(value), [-1, 1])).toBeCloseTo(64 / 22, 12);
  }
});

it('comes to trust the measured design effect as clusters depart from that', () => {
  const labels = Array.from({ length: 200 }, (_, i) => 1 + Math.floor(i / 2));
  const scattered = labels.map((label, i) => (label % 3 === 0 && i % 2 === 0 ? 1 : 0));
  expect(worth(labels, new Array(200).fill(0))).toBeCloseTo(100, 10);
  // 33 of 100 clusters have one of two: a design effect below 1, counted as 1.
  expect(worth(labels, scattered)).toBeCloseTo(200 / 2 ** (4 / 37), 10);
});
