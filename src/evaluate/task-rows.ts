/** A task with its rows. */
import type { TaskPlugin } from '../core/task.ts';
import { type LoadedTask, loadTask } from '../datasets/load-task.ts';
import type { RunOptions } from './options.ts';

export interface TaskRows {
  readonly task: TaskPlugin;
  readonly loaded: LoadedTask<unknown>;
}

/**
 * All rows: the manifest's digest is over the whole source, so that `--limit` prefixes share it. Who has pointed at a data
 * folder gets an error when the data is not there; who never has gets the built-in rows, and the table says so.
 */
export function loadRows<Row>(
  task: TaskPlugin<Row>,
  { dataDir, fixtures }: Pick<RunOptions, 'dataDir' | 'fixtures'>,
): Promise<LoadedTask<Row>> {
  const hasDataFolder = dataDir !== null || (process.env.BENCH_DATA_DIR ?? '') !== '';
  return loadTask(task, { dataDir, allowFixtures: fixtures || !hasDataFolder, onlyFixtures: fixtures });
}
