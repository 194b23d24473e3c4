import type { ClusterLayout } from './cluster-layout.ts';
import type { ClusterMean } from './cluster-mean.ts';

/** Clusters that the belief that all rows of a cluster agree is worth, before any is seen. */
const BELIEF = 4;

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
