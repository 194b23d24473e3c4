import { readFile } from 'node:fs/promises';
import { badArguments, HarnessError } from '../core/errors.ts';
import type { TaskPlugin } from '../core/task.ts';
import { isSystemError, systemWords } from '../files/system-error.ts';
import { type ChosenItems, namedRows, rowsFrom, sampledRows } from '../runner/chosen-items.ts';
import { readRun } from '../store/read-run.ts';
import { isRun } from '../store/run-folder.ts';
import type { RunOptions } from './options.ts';

/** What is said of the rows to ask; absent: all. */
export type ItemOptions = Partial<Pick<RunOptions, 'offset' | 'sample' | 'items' | 'seed'>>;

/** The rows to ask; null = all. @throws HarnessError 'bad-arguments', 'unknown-name' */
export async function loadItems(
  task: TaskPlugin,
  rows: readonly unknown[],
  { offset = 0, sample = null, items = null, seed = 0 }: ItemOptions,
): Promise<ChosenItems | null> {
  if (items !== null) return namedRows(task, rows, await idsIn(items));
  if (sample !== null) return sampledRows(task.name, rows.length, sample, seed);
  return rowsFrom(task.name, rows.length, offset);
}

/** One a line, blank lines are skipped; or those that a stored run has asked. */
async function idsIn(file: string): Promise<readonly string[]> {
  if (await isRun(file)) return (await readRun(file, undefined, null)).records.map(({ id }) => id);
  const content = await readFile(file, 'utf8').catch((cause) => {
    if (!isSystemError(cause)) throw cause;
    const { found, hint } = systemWords(cause);
    throw new HarnessError('bad-arguments', `--items: cannot read ${file}: ${found}`, { cause, hint });
  });
  const ids = content
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (ids.length > 0) return ids;
  throw badArguments(`--items: expected item ids in ${file}, one a line, found none`);
}
