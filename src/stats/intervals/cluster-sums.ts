import { type ClusterLayout, clusterTotals } from '../clustered/cluster-layout.ts';

/** A cluster's values, added up and counted. */
export interface ClusterSum {
  readonly sum: number;
  readonly count: number;
}

/**
 * Sum and count of the values of each cluster, in the order of first appearance [layout.count].
 *
 * @throws RangeError on values that are not finite or do not fit the layout
 */
export function clusterSums(layout: ClusterLayout, values: readonly number[]): readonly ClusterSum[] {
  return Array.from(clusterTotals(layout, values), (sum, g) => ({ sum, count: layout.sizes[g]! }));
}
