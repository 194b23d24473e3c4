import { type NoiseBudget, noiseBudget } from '../noise-budget.ts';
import type { ItemValue } from '../paired-values.ts';
import { clusteredNoiseBudget } from './clustered-noise-budget.ts';
import { layoutOf } from './layout-of.ts';

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
