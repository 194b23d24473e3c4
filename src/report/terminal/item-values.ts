import type { ItemRecord } from '../../core/record.ts';
import type { ItemValue } from '../../stats/paired-values.ts';
import type { StoredRun } from '../../store/stored-run.ts';

/** What comparisons read of a stored run. */
export type StoredRecords = Pick<StoredRun, 'records'>;

/** The value of a metric for every item that has one, in the order of the records. */
export function itemValues(records: readonly ItemRecord[], metric: string): readonly ItemValue[] {
  return records.flatMap(({ id, score }) => {
    const value = score.kind === 'scored' ? score.values[metric] : undefined;
    return value === undefined ? [] : [{ id, value }];
  });
}
