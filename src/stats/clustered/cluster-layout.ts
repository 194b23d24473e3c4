import { getOrInsert } from '../../core/collect.ts';
import type { ClusteredItem } from '../paired-values.ts';

/** How items fall into clusters: which share something (a problem, a passage) and so are no independent witnesses. */
export interface ClusterLayout {
  /** Items. */
  readonly n: number;
  /** Clusters. */
  readonly count: number;
  /** Cluster of each item, 0 to count − 1, in order of first appearance [n]. */
  readonly index: Int32Array;
  /** Items of each cluster [count]. */
  readonly sizes: Float64Array;
  /** Size of the cluster that a typical item is in, Σ m² / n: the design effect where items of a cluster agree. 1 = all stand alone. */
  readonly typicalSize: number;
}

/**
 * Reads labels: items with the same number belong together, each item with 0 stands alone. Cost O(n).
 *
 * @throws RangeError on no items
 * @source design effect under agreement: Kish 1965, "Survey sampling", section 5.4
 * @example clusterLayout([7, 7, 0, 0]).sizes // [2, 1, 1]
 */
export function clusterLayout(labels: ArrayLike<number>): ClusterLayout {
  const n = labels.length;
  if (n === 0) throw new RangeError('clusterLayout: needs at least one item, got none');
  const index = new Int32Array(n);
  const sizes: number[] = [];
  const known = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const label = labels[i]!;
    const found = (label === 0 ? undefined : known.get(label)) ?? sizes.length;
    if (label !== 0) known.set(label, found);
    index[i] = found;
    sizes[found] = (sizes[found] ?? 0) + 1;
  }
  const typicalSize = sizes.reduce((total, size) => total + size * size, 0) / n;
  return { n, count: sizes.length, index, sizes: Float64Array.from(sizes), typicalSize };
}

/** The layout of items whose clusters have names. Cost O(n). @throws RangeError on no items */
export function layoutOf(items: readonly ClusteredItem[]): ClusterLayout {
  const numbers = new Map<string, number>();
  return clusterLayout(
    items.map(({ cluster }) => {
      if (cluster === null || cluster === undefined) return 0;
      return getOrInsert(numbers, cluster, () => numbers.size + 1);
    }),
  );
}

/** The clusters of an estimate, to be spread into it: none where each item stands alone. */
export const clustersOf = ({ n, count }: ClusterLayout): { readonly clusters?: number } =>
  count < n ? { clusters: count } : {};

/** Each item its own cluster. */
export const independent = (n: number): ClusterLayout => clusterLayout(new Uint8Array(n));

/** Sum of the values of each cluster [count]. @throws RangeError on another number of values, or one that is not finite */
export function clusterTotals({ n, count, index }: ClusterLayout, values: ArrayLike<number>): Float64Array {
  if (values.length !== n) throw new RangeError(`clusterTotals: needs ${n} values, got ${values.length}`);
  const totals = new Float64Array(count);
  for (let i = 0; i < n; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) throw new RangeError(`clusterTotals: value ${i} is ${value}, not a finite number`);
    totals[index[i]!]! += value;
  }
  return totals;
}

/** Clusters that the belief that all rows of a cluster agree is worth, before any is seen. */
const BELIEF = 4;

/** Mean over items, with what a sample of clusters says about its error. */
export interface ClusterMean {
  readonly value: number;
  /** Variance of the mean over other clusters (CR2); infinite where there is one cluster only. */
  readonly variance: number;
  /** Satterthwaite's degrees of freedom of that variance. */
  readonly degrees: number;
  /** `variance` over that of as many independent items; 1 where all values are equal. */
  readonly designEffect: number;
  /** Sum of each cluster's values. */
  readonly totals: Float64Array;
}

/**
 * Mean of items in clusters with the bias-reduced cluster-robust variance CR2 of an intercept-only model,
 *
 *   V = Σ_g e_g² / (1 − h_g) / n²,   e_g = Σ_{i in g} (x_i − mean),   h_g = m_g / n,
 *
 * which is s² / n where each item stands alone. Any dependence within a cluster is allowed; clusters are independent. The
 * degrees of freedom match V's first two moments to a χ² under normal errors with one correlation within clusters, the one that
 * the design effect tells; few or very unequal clusters have few. Cost O(n).
 *
 * @throws RangeError on values that do not fit the layout
 * @source Bell and McCaffrey 2002, "Bias reduction in standard errors for linear regression with multi-stage samples"; Imbens
 *         and Kolesár 2016, "Robust standard errors in small samples", for the correlation in the degrees of freedom
 */
export function clusterMean(layout: ClusterLayout, values: ArrayLike<number>): ClusterMean {
  const { n, count, typicalSize } = layout;
  const totals = clusterTotals(layout, values);
  const value = totals.reduce((sum, each) => sum + each, 0) / n;
  if (count < 2) return { value, variance: Number.POSITIVE_INFINITY, degrees: 1, designEffect: n, totals };
  const alone = spread(values, value) / n;
  const variance = alone === 0 ? 0 : robustVariance(layout, totals, value);
  const designEffect = alone === 0 ? 1 : variance / alone;
  const correlation = typicalSize === 1 ? 0 : Math.min(1, Math.max(0, (designEffect - 1) / (typicalSize - 1)));
  return { value, variance, degrees: satterthwaite(layout, correlation), designEffect, totals };
}

function robustVariance({ n, sizes }: ClusterLayout, totals: Float64Array, center: number): number {
  let squares = 0;
  for (let g = 0; g < sizes.length; g++) squares += (totals[g]! - sizes[g]! * center) ** 2 / (1 - sizes[g]! / n);
  return squares / (n * n);
}

/** Sample variance with divisor n − 1; 0 where every value is the same. */
function spread(values: ArrayLike<number>, center: number): number {
  let squares = 0;
  let differs = false;
  for (let i = 0; i < values.length; i++) {
    squares += (values[i]! - center) ** 2;
    differs ||= values[i] !== values[0];
  }
  return differs ? squares / (values.length - 1) : 0;
}

/**
 * (tr Γ)² / tr Γ² of Γ = covariance of the scaled e_g that V sums the squares of, where a cluster's total has the variance
 * m (1 + ρ (m − 1)). Off the diagonal Γ is −a_g a_k (h_k y_g + h_g y_k), so that sums over pairs are products of sums.
 */
function satterthwaite({ n, count, sizes }: ClusterLayout, correlation: number): number {
  const varianceOf = (size: number) => size * (1 + correlation * (size - 1));
  const whole = sizes.reduce((sum, size) => sum + varianceOf(size), 0);
  let [trace, diagonal, hh, yy, hy, both] = [0, 0, 0, 0, 0, 0];
  for (let g = 0; g < count; g++) {
    const h = sizes[g]! / n;
    const scale = 1 / (1 - h);
    const variance = varianceOf(sizes[g]!);
    const y = variance - (h * whole) / 2;
    const own = scale * (variance - 2 * h * y);
    trace += own;
    diagonal += own * own;
    hh += scale * h * h;
    yy += scale * y * y;
    hy += scale * h * y;
    both += (scale * h * y) ** 2;
  }
  return trace ** 2 / (diagonal + 2 * (hh * yy + hy * hy - 2 * both));
}

/**
 * How many independent items these are worth: n / design effect.
 *
 * A measured design effect is only known from clusters that tell something. Where all items are the same it says nothing, so
 * that rows of a cluster are taken to agree: n² / Σ m². As clusters depart from that (k of them), the measured one takes over:
 *
 *   effect = (Σ m² / n)^w · max(1, measured)^(1 − w),   w = 4 / (4 + k)
 *
 * Exactly n where each item stands alone.
 *
 * @param range least and largest value that an item can have: clusters that are all at an end, or in the middle, tell nothing
 * @source Kish 1965, "Survey sampling", section 5.4; Korn and Graubard 1998 for the use in intervals; the weight of 4 clusters
 *         was chosen by `scripts/simulate-clusters.ts`
 */
export function effectiveItems(
  layout: ClusterLayout,
  mean: ClusterMean,
  [low, high]: readonly [low: number, high: number],
): number {
  const { n, sizes, typicalSize } = layout;
  if (typicalSize === 1) return n;
  const departing = [low, (low + high) / 2, high].map((value) =>
    sizes.reduce((count, size, g) => count + Number(mean.totals[g] !== size * value), 0),
  );
  const telling = Math.min(...departing);
  const weight = BELIEF / (BELIEF + telling);
  return n / (typicalSize ** weight * Math.max(1, mean.designEffect) ** (1 - weight));
}
