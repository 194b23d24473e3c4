import { type NoiseBudget, type NoiseInputs, noiseBudget } from '../noise-budget.ts';
import type { ItemValue } from '../paired-values.ts';
import { type ClusterLayout, clusterMean, layoutOf } from './cluster-layout.ts';

/**
 * `noiseBudget` with the error that other clusters would bring for that of other items:
 *
 *   item² = max(0, V − monteCarlo²),  V of `clusterMean`
 *
 * Draws are independent over items, and so stay what they are.
 *
 * @throws RangeError as `noiseBudget`, or on fewer than two clusters
 * @source see `noiseBudget` and `clusterMean`
 */
export function clusteredNoiseBudget(layout: ClusterLayout, inputs: NoiseInputs): NoiseBudget {
  if (layout.count < 2) throw new RangeError('clusteredNoiseBudget: needs at least two clusters, got one');
  return noiseBudget(inputs, clusterMean(layout, inputs.values).variance);
}

/**
 * The noise budget of items that know their clusters: `clusteredNoiseBudget` where some belong together, `noiseBudget` where all
 * stand alone or all belong together, which says nothing of other clusters.
 *
 * @param monteCarlo standard error of each item's value, in the same order; 0 where it is exact
 * @throws RangeError as `noiseBudget`
 */
export function noiseOfItems(
  items: readonly ItemValue[],
  monteCarlo: readonly number[],
  seedMeans: readonly number[] | null,
): NoiseBudget {
  const inputs = { values: items.map(({ value }) => value), monteCarlo, seedMeans };
  const layout = layoutOf(items);
  return layout.count === layout.n || layout.count < 2 ? noiseBudget(inputs) : clusteredNoiseBudget(layout, inputs);
}
