/** A unit of work: some items of a run. */
import { digestOf } from '../core/text/digest.ts';
import type { PlannedItem } from '../store/records/record-file.ts';

/** Items that follow each other in the order of a run. */
export interface Stretch {
  /** Place of the first. */
  readonly from: number;
  readonly count: number;
}

/** What a worker is handed. */
export interface HandedUnit extends Stretch {
  /** See `unitId`. */
  readonly id: string;
}

/** The same items of the same run have the same name, whoever cuts them. BullMQ takes no name that is a number. */
export function unitId(runId: string, items: readonly PlannedItem[]): string {
  return `u${digestOf({ runId, items: items.map(({ id, index }) => [id, index]) }).slice(0, 32)}`;
}
