/** Calls of the code that a task brings: whatever it throws names the task and the item. */
import { HarnessError } from '../core/errors.ts';
import type { Example, Question } from '../core/question.ts';
import type { Response } from '../core/response.ts';
import type { Score, ScoreContext } from '../core/score.ts';
import type { TaskPlugin, Template } from '../core/task.ts';
import { clusterName } from '../core/text/cluster-name.ts';
import { isSystemError } from '../files/system-error.ts';

/** The id of a row. @throws HarnessError 'task' */
export const idOf = <Row>(task: Pick<TaskPlugin<Row>, 'name' | 'id'>, row: Row, index: number): string =>
  called(task, `row ${index + 1}`, 'an id from its function id', () => task.id(row, index));

/** How a template words a row. @throws HarnessError 'task' */
export const questionOf = <Row>(
  task: Pick<TaskPlugin<Row>, 'name'>,
  template: Pick<Template<Row>, 'question'>,
  row: Row,
  id: string,
): Question => called(task, itemText(id), 'a question from its wording', () => template.question(row));

/**
 * The name of an item's cluster; null where the task names no clusters. An item that stands alone is its own, so that records of a task say of
 * each item that it was asked.
 *
 * @throws HarnessError 'task'
 */
export function clusterOf<Row>(
  task: Pick<TaskPlugin<Row>, 'name' | 'cluster'>,
  id: string,
  row: Row,
  index: number,
  rows: readonly Row[],
): string | null {
  if (task.cluster === undefined) return null;
  const name = () => task.cluster?.(row, index, rows) ?? id;
  return called(task, itemText(id), 'the name of a cluster from its function cluster', () => clusterName(name()));
}

/** A row as an example in front of questions. @throws HarnessError 'task' */
export const exampleText = <Row>(
  task: Pick<TaskPlugin<Row>, 'name'>,
  fewShot: { example(row: Row): string },
  row: Row,
): string => called(task, 'examples', 'a text from its function example', () => fewShot.example(row));

/** What an answer is worth. @throws HarnessError 'task' */
export async function scoreOf(
  task: Pick<TaskPlugin, 'name' | 'score'>,
  { id, question }: Pick<Example, 'id' | 'question'>,
  response: Response,
  context: ScoreContext,
): Promise<Score> {
  try {
    return await task.score(question, response, context);
  } catch (cause) {
    throw taskError(task, itemText(id), 'a score from its function score', cause);
  }
}

const itemText = (id: string): string => `item ${JSON.stringify(id)}`;

function called<Result>(task: Pick<TaskPlugin, 'name'>, where: string, expected: string, call: () => Result): Result {
  try {
    return call();
  } catch (cause) {
    throw taskError(task, where, expected, cause);
  }
}

/** Longest message of an error that is repeated. */
const SHOWN = 200;

/** What is said in our words, and what the system refuses, stays as it is. */
function taskError({ name }: Pick<TaskPlugin, 'name'>, where: string, expected: string, cause: unknown): unknown {
  if (cause instanceof HarnessError || isSystemError(cause)) return cause;
  const said = String(cause).replace(/\s+/g, ' ');
  const found = said.length <= SHOWN ? said : `${said.slice(0, SHOWN)}…`;
  return new HarnessError('task', `task ${name}, ${where}: expected ${expected}, found ${found}`, {
    hint: "repeat the command with --debug to see where in the task's code it happened",
    cause,
  });
}
