/** Values of items, and the paired difference of two sets of them that need not cover the same items. */
import type { Estimate } from '../../core/estimate.ts';
import { pairedDifference } from '../../stats/intervals/paired-difference.ts';
import type { ItemValue } from '../../stats/paired-values.ts';
import type { StoredRun } from '../../store/stored-run.ts';

/** What comparisons read of a stored run. */
export type StoredRecords = Pick<StoredRun, 'records'>;

/** The value of a metric for every item that has one, in the order of the records. */
export function itemValues({ records }: StoredRecords, metric: string): readonly ItemValue[] {
  return records.flatMap(({ id, score }) => {
    const value = score.kind === 'scored' ? score.values[metric] : undefined;
    return value === undefined ? [] : [{ id, value }];
  });
}

export interface CommonItems {
  /** Both in the order of the first. */
  readonly mine: readonly ItemValue[];
  readonly theirs: readonly ItemValue[];
}

/** The items that both sides have a value for. */
export function commonItems(mine: readonly ItemValue[], theirs: readonly ItemValue[]): CommonItems {
  const byId = new Map(theirs.map((item) => [item.id, item]));
  const common = mine.filter(({ id }) => byId.has(id));
  return { mine: common, theirs: common.flatMap(({ id }) => byId.get(id) ?? []) };
}

/**
 * mine − theirs over the items that both have; the others are left out and counted as unscored.
 *
 * @param items distinct items of either side, scored or not
 * @returns null where no item is common
 */
export function commonDifference(
  mine: readonly ItemValue[],
  theirs: readonly ItemValue[],
  items: number,
): Estimate | null {
  const common = commonItems(mine, theirs);
  if (common.mine.length === 0) return null;
  return pairedDifference(common.mine, common.theirs, 0.95, items - common.mine.length);
}

/** How many distinct names two lists hold together. */
export const countTogether = (a: readonly string[], b: readonly string[]): number => new Set([...a, ...b]).size;
