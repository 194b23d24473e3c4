/** Values of items, and the paired difference of two sets of them that need not cover the same items. */
import type { Estimate } from '../../core/estimate.ts';
import { areShares } from '../../metrics/metric-spec.ts';
import { layoutOf } from '../../stats/clustered/cluster-layout.ts';
import { pairedEstimate } from '../../stats/clustered/paired-interval.ts';
import type { ItemValue, ValuePair } from '../../stats/paired-values.ts';
import type { StoredRun } from '../../store/stored-run.ts';

/** What comparisons read of a stored run. */
export type StoredRecords = Pick<StoredRun, 'records'>;

/** The value of a metric for every item that has one, in the order of the records. */
export function itemValues({ records }: StoredRecords, metric: string): readonly ItemValue[] {
  return records.flatMap(({ id, cluster, score }) => {
    const value = score.kind === 'scored' ? score.values[metric] : undefined;
    return value === undefined ? [] : [{ id, value, cluster }];
  });
}

/** The items that both sides have a value for, in the order of mine, whose the value is. */
export function commonPairs(mine: readonly ItemValue[], theirs: readonly ItemValue[]): readonly ValuePair[] {
  const byId = new Map(theirs.map((item) => [item.id, item]));
  return mine.flatMap(({ id, value, cluster }) => {
    const other = byId.get(id);
    return other === undefined ? [] : [{ id, value, reference: other.value, cluster: cluster ?? other.cluster }];
  });
}

/** The names of items. */
export const idsOf = (items: readonly { readonly id: string }[]): ReadonlySet<string> =>
  new Set(items.map(({ id }) => id));

/** Those of some items whose names are among `ids`, in their order. */
export const itemsAmong = (items: readonly ItemValue[], ids: ReadonlySet<string>): readonly ItemValue[] =>
  items.filter(({ id }) => ids.has(id));

/**
 * mine − theirs over the items that both have; the others are left out and counted as unscored.
 *
 * @param items distinct items of either side, scored or not
 * @returns null where no item is common
 */
export function commonDifference(
  metric: string,
  mine: readonly ItemValue[],
  theirs: readonly ItemValue[],
  items: number,
): Estimate | null {
  const pairs = commonPairs(mine, theirs);
  return pairs.length === 0 ? null : differenceOf(metric, pairs, items - pairs.length);
}

/** Mean of value − reference with its 95 % interval. @throws RangeError on no pairs */
export function differenceOf(metric: string, pairs: readonly ValuePair[], unscored = 0): Estimate {
  return pairedEstimate(layoutOf(pairs), pairs, { isBounded: areSharePairs(metric, pairs), unscored });
}

/** `areShares` of both sides. */
export const areSharePairs = (metric: string, pairs: readonly ValuePair[]): boolean =>
  areShares(
    metric,
    pairs.flatMap(({ value, reference }) => [value, reference]),
  );

/** How many distinct names two lists hold together. */
export const countTogether = (a: readonly string[], b: readonly string[]): number => new Set([...a, ...b]).size;
