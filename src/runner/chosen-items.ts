/** The rows of a task that a run asks, where these are not all. */
import { badArguments, HarnessError } from '../core/errors.ts';
import { permutation, stream } from '../core/numbers/random.ts';
import type { Subset } from '../core/subset.ts';
import type { TaskPlugin } from '../core/task.ts';
import { digestOf } from '../core/text/digest.ts';
import { nearest } from '../core/text/nearest.ts';
import { idOf } from './task-calls.ts';

export interface ChosenItems {
  readonly subset: Subset;
  /** Of the rows in the data set, ascending. */
  readonly indices: readonly number[];
}

/** All but the first rows; null where that leaves nothing out. @throws HarnessError 'bad-arguments' where no row is left */
export function rowsFrom(task: string, rows: number, offset: number): ChosenItems | null {
  if (offset === 0) return null;
  if (offset >= rows) {
    throw badArguments(`--offset: expected less than the ${rows} rows of ${task}, found ${offset}`);
  }
  return { subset: { kind: 'offset', offset }, indices: range(rows).slice(offset) };
}

/** Rows drawn without replacement; null where all are. The same seed draws the same rows, whatever the model. */
export function sampledRows(task: string, rows: number, size: number, seed: number): ChosenItems | null {
  if (size >= rows) return null;
  const drawn = [...permutation(stream(seed, 'sample', task), rows)].slice(0, size);
  return { subset: { kind: 'sample', size, seed }, indices: drawn.sort((a, b) => a - b) };
}

/** Rows by the ids of their items, in any order; an id that stands twice counts once. @throws HarnessError 'unknown-name' on an id that no row has */
export function namedRows<Row>(
  task: Pick<TaskPlugin<Row>, 'name' | 'id'>,
  rows: readonly Row[],
  ids: readonly string[],
): ChosenItems {
  const known = new Map(rows.map((row, index) => [idOf(task, row, index), index]));
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined) {
    const near = nearest(unknown, [...known.keys()]);
    throw new HarnessError('unknown-name', `--items: expected ids of ${task.name}, found "${unknown}"`, {
      hint: near === null ? `they look like ${[...known.keys()].slice(0, 2).join(', ')}` : `did you mean ${near}?`,
    });
  }
  const indices = [...new Set(ids.map((id) => known.get(id) as number))].sort((a, b) => a - b);
  const inOrder = indices.map((index) => idOf(task, rows[index] as Row, index));
  return { subset: { kind: 'items', count: indices.length, digest: digestOf(inOrder.join('\n')) }, indices };
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
