/** Which row of its data set a prediction belongs to. */
import { z } from 'zod';
import { badRow, type RowPlace } from '../../../datasets/parse-row.ts';

/** `lambada/17`, `"17"` or `17`. */
export const itemIdSchema = z.union([z.string(), z.int()], { error: 'a text or a whole number' });
export type ItemId = z.infer<typeof itemIdSchema>;

export interface NamedItems {
  /** @throws HarnessError 'bad-dataset' when there is no such row, or an earlier line has it */
  claim(id: ItemId, field: string, place: RowPlace): number;
  /** The first of these rows that no earlier line has. @throws HarnessError 'bad-dataset' where none is left */
  claimNext(indices: readonly number[], field: string, place: RowPlace): number;
  /** Rows that no line has claimed. */
  missing(): number;
}

/** @param count rows of the data set */
export function namedItems(task: string, count: number): NamedItems {
  const lines = new Map<number, number>();
  const claimRow = (index: number, field: string, place: RowPlace): number => {
    const earlier = lines.get(index);
    if (earlier !== undefined) {
      throw badRow(place, field, 'each item once', `${task}/${index}, which ${place.unit} ${earlier} has`);
    }
    lines.set(index, place.number);
    return index;
  };
  const claim = (id: ItemId, field: string, place: RowPlace): number => {
    const index = indexOf(id, task);
    if (index !== null && index < count) return claimRow(index, field, place);
    throw badRow(place, field, `an id from "${task}/0" to "${task}/${count - 1}", or an index`, id);
  };
  const claimNext = (indices: readonly number[], field: string, place: RowPlace): number =>
    claimRow(indices.find((index) => !lines.has(index)) ?? (indices.at(-1) as number), field, place);
  return { claim, claimNext, missing: () => count - lines.size };
}

function indexOf(id: ItemId, task: string): number | null {
  const text = String(id).replace(`${task}/`, '');
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
