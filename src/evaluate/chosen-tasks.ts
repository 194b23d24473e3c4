/** Which tasks a run is about, and their rows. */
import { ALL_TASKS, DEFAULT_TASKS, taskNamed } from '../../tasks/index.ts';
import { readCatalog } from '../checkpoints/catalog.ts';
import { unknownName } from '../core/nearest.ts';
import type { TaskPlugin } from '../core/task.ts';
import { type LoadedTask, loadTask } from '../datasets/load-task.ts';
import type { RunOptions } from './options.ts';

export interface TaskRows {
  readonly task: TaskPlugin;
  readonly loaded: LoadedTask<unknown>;
}

/**
 * Those that are named; else those that the models were made for, where the catalog says it of every one; else the published
 * likelihood tasks.
 *
 * @throws HarnessError 'unknown-name'
 */
export function chosenTasks({ tasks, models }: Pick<RunOptions, 'tasks' | 'models'>): readonly TaskPlugin[] {
  const names = tasks ?? tasksOfModels(models);
  return names === null ? DEFAULT_TASKS : names.map(requireTask);
}

function tasksOfModels(models: readonly string[]): readonly string[] | null {
  const catalog = readCatalog();
  const names = models.map((model) => catalog.get(model)?.tasks);
  return names.includes(undefined) ? null : [...new Set(names.flatMap((each) => each ?? []))];
}

function requireTask(name: string): TaskPlugin {
  const found = taskNamed(name);
  if (found !== undefined) return found;
  const candidates = ALL_TASKS.map((task) => task.name);
  throw unknownName({ kind: 'task', found: name, candidates, listedBy: 'bench list tasks' });
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
