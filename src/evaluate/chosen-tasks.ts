/** Which tasks a run is about. */
import { ALL_TASKS, DEFAULT_TASKS, taskNamed } from '../../tasks/index.ts';
import { readCatalog } from '../checkpoints/catalog.ts';
import { unknownName } from '../core/nearest.ts';
import type { TaskPlugin } from '../core/task.ts';
import type { RunOptions } from './options.ts';

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
