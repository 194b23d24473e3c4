import type { TaskPlugin } from '../task.ts';
import { digestOf } from './digest.ts';

/** SHA-256 of the canonical JSON of all rows of a source, as a run's manifest holds it: without the task's `undigested` fields. */
export const rowsDigest = <Row>(
  { undigested = [] }: Pick<TaskPlugin<Row>, 'undigested'>,
  rows: readonly Row[],
): string => digestOf(undigested.length === 0 ? rows : rows.map((row) => ({ ...row, ...blank(undigested) })));

/** Canonical JSON leaves out what is undefined. */
const blank = (fields: readonly string[]): Readonly<Record<string, undefined>> =>
  Object.fromEntries(fields.map((field) => [field, undefined]));
