import { type ClusterLayout, clusterLayout } from './cluster-layout.ts';

/** The layout of items whose clusters have names; null = stands alone. @throws RangeError on no items */
export function namedLayout(names: readonly (string | null)[]): ClusterLayout {
  const numbers = new Map<string, number>();
  return clusterLayout(
    names.map((name) => {
      if (name === null) return 0;
      const number = numbers.get(name) ?? numbers.size + 1;
      numbers.set(name, number);
      return number;
    }),
  );
}
