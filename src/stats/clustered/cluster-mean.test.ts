import { expect, it } from 'vitest';
import { standardError } from '../sum.ts';
import { clusterLayout, clusterMean, effectiveItems, independent } from './cluster-layout.ts';

const VALUES = [1, 0, 1, 1, 1, 0, 1, 0, 0, 1, 0];
const LABELS = [1, 1, 1, 2, 2, 0, 0, 3, 3, 3, 3];

it('is the standard error of the mean where each item stands alone, with n − 1 degrees of freedom', () => {
  const { variance, degrees, designEffect } = clusterMean(independent(11), VALUES);
  expect(Math.sqrt(variance)).toBeCloseTo(standardError(VALUES), 14);
  expect(degrees).toBeCloseTo(10, 10);
  expect(designEffect).toBeCloseTo(1, 12);
});

it('is that of the clusters’ means where items of a cluster agree and clusters are of one size', () => {
  const { variance, degrees, designEffect } = clusterMean(clusterLayout([1, 1, 2, 2, 3, 3]), [1, 1, 2, 2, 6, 6]);
  expect(Math.sqrt(variance)).toBeCloseTo(standardError([1, 2, 6]), 14);
  expect(degrees).toBeCloseTo(2, 10);
  // s² of six values has divisor 5: 28 / 5 / 6 of a mean, against 7 / 3.
  expect(designEffect).toBeCloseTo(7 / 3 / (28 / 5 / 6), 12);
});

it('has the variance and degrees of freedom of the matrices that they are sums of', () => {
  const found = clusterMean(clusterLayout(LABELS), VALUES);
  const sizes = [3, 2, 1, 1, 4];
  const residuals = [2, 2, 0, 1, 1].map((total, g) => total - (sizes[g]! * 6) / 11);
  const expected = residuals.reduce((sum, each, g) => sum + each ** 2 / (1 - sizes[g]! / 11), 0) / 121;
  expect(found.variance).toBeCloseTo(expected, 14);
  const correlation = (found.designEffect - 1) / (31 / 11 - 1);
  expect(found.degrees).toBeCloseTo(degreesOf(sizes, correlation), 10);
});

it('has no variance, and no rounding error of one, where all values are equal', () => {
  expect(clusterMean(clusterLayout([1, 1, 0, 0, 0, 0]), new Array(6).fill(0.1)).variance).toBe(0);
});

it('cannot tell the variance from one cluster', () => {
  expect(clusterMean(clusterLayout([4, 4]), [0, 1])).toMatchObject({ value: 0.5, variance: Number.POSITIVE_INFINITY });
});

/** (tr Γ)² / tr Γ², with the covariance of all items written out. */
function degreesOf(sizes: readonly number[], correlation: number): number {
  const clusters = sizes.flatMap((size, g) => new Array<number>(size).fill(g));
  const n = clusters.length;
  const weights = sizes.map((size, g) =>
    clusters.map((own) => (Number(own === g) - size / n) / Math.sqrt(1 - size / n)),
  );
  const covariance = (i: number, j: number) => (i === j ? 1 : clusters[i] === clusters[j] ? correlation : 0);
  const gamma = weights.map((a) =>
    weights.map((b) =>
      a.reduce((sum, own, i) => sum + b.reduce((inner, other, j) => inner + own * other * covariance(i, j), 0), 0),
    ),
  );
  const trace = gamma.reduce((sum, row, g) => sum + row[g]!, 0);
  return trace ** 2 / gamma.flat().reduce((sum, each) => sum + each * each, 0);
}

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
