import { getOrInsert } from '../../core/collect.ts';
import type { ClusteredItem } from '../paired-values.ts';
import { type ClusterLayout, clusterLayout } from './cluster-layout.ts';

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
