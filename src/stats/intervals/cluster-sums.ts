/** Items that share something, a context say, and so are no independent witnesses. */
export interface ClusterSum {
  readonly sum: number;
  readonly count: number;
}

/**
 * Sum and count of the values of each cluster, in the order of first appearance; without clusters each value stands alone.
 *
 * @param clusters name of the cluster of each value; null = independent values
 * @throws RangeError on no values, on a value that is not finite, or on another number of names than of values
 */
export function clusterSums(values: readonly number[], clusters: readonly string[] | null): readonly ClusterSum[] {
  if (values.length === 0) throw new RangeError('clusterSums: needs at least one value, got none');
  const strange = values.findIndex((value) => !Number.isFinite(value));
  if (strange >= 0) throw new RangeError(`clusterSums: value ${strange} is ${values[strange]}, not a finite number`);
  if (clusters === null) return values.map((sum) => ({ sum, count: 1 }));
  if (clusters.length !== values.length) {
    throw new RangeError(`clusterSums: needs a cluster for each of ${values.length} values, got ${clusters.length}`);
  }
  const sums = new Map<string, { sum: number; count: number }>();
  clusters.forEach((name, i) => {
    const cluster = sums.get(name) ?? { sum: 0, count: 0 };
    cluster.sum += values[i]!;
    cluster.count++;
    sums.set(name, cluster);
  });
  return [...sums.values()];
}
