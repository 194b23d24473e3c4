/** The examples that a run puts in front of its questions: how many, and the rows that they are drawn from. */
import { badArguments } from '../core/errors.ts';
import type { FewShot, TaskPlugin } from '../core/task.ts';
import { readSource } from '../datasets/load-source.ts';
import type { LoadedTask } from '../datasets/load-task.ts';
import { readJsonl } from '../datasets/read-jsonl.ts';
import { templateOf } from '../runner/plan.ts';
import type { RunOptions } from './options.ts';
import type { LoadedShots } from './run-parts.ts';

export type ShotOptions = Pick<RunOptions, 'protocol' | 'dataDir' | 'shots' | 'shotsFrom'>;

/**
 * @returns null where no examples are asked for, and the task has none by itself
 * @throws HarnessError 'bad-arguments' where the task takes none, or nothing says which rows they are; 'missing-dataset', 'bad-dataset'
 */
export async function loadShots(
  task: TaskPlugin,
  loaded: LoadedTask<unknown>,
  options: ShotOptions,
): Promise<LoadedShots | null> {
  const { fewShot } = templateOf(task, options.protocol);
  const count = options.shots ?? fewShot?.standard ?? 0;
  if (fewShot === undefined && options.shotsFrom !== null) {
    const found = `--shots-from: expected nothing, as ${task.name} takes no examples under ${options.protocol}, found ${options.shotsFrom}`;
    throw badArguments(found, 'leave --shots-from out, or name another task with --tasks');
  }
  if (count === 0) return null;
  if (fewShot === undefined) {
    const message = `--shots: expected 0, as ${task.name} takes no examples under ${options.protocol}, found ${count}`;
    throw badArguments(message, 'leave --shots out, or name other tasks with --tasks');
  }
  const { source, rows } = await poolOf(task, fewShot, loaded, options);
  const drawn = count + Number(fewShot.leavesOutAsked);
  if (rows.length >= drawn) return { count, rows, source };
  const message = `--shots: ${task.name} draws ${drawn} examples and expects as many rows or more in ${source}, found ${rows.length}`;
  throw badArguments(message, 'ask for fewer');
}

async function poolOf(
  { name, rowSchema }: TaskPlugin,
  { pool }: FewShot<unknown>,
  { rows, source, usedFixtures }: LoadedTask<unknown>,
  { shotsFrom, dataDir }: ShotOptions,
): Promise<Pick<LoadedShots, 'source' | 'rows'>> {
  if (shotsFrom !== null) return { source: 'file', rows: await readJsonl(shotsFrom, rowSchema) };
  if (pool === 'own' || usedFixtures) return { source, rows };
  if (pool !== null) return { source: pool.name, rows: await readSource(pool, { dataDir }) };
  const hint = `--shots-from FILE, a JSON object a line with ${fieldsOf(rowSchema)}, in the order of the published file`;
  throw badArguments(`--shots: expected the training rows of ${name} with --shots-from, found none`, hint);
}

const fieldsOf = (schema: object): string => {
  const shape = 'shape' in schema ? Object.keys(schema.shape as object) : [];
  return shape.length === 0 ? "the fields of the task's rows" : shape.map((field) => `"${field}"`).join(', ');
};
