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
