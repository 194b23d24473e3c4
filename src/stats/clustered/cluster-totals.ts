import type { ClusterLayout } from './cluster-layout.ts';

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
