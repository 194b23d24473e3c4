/** The requests that a run would put to a model, written down so that they can be held against those of another program. */
import type { Family, Piece, Question } from '../../core/question.ts';
import { examplesOf, templateOf } from '../../runner/plan.ts';
import { loadTaskRows } from '../execute-runs.ts';
import type { ItemOptions } from '../load-items.ts';
import { chosenTasks } from '../open-parts.ts';
import type { RunOptions } from '../options.ts';

/** A context and what is weighed, or written, after it. */
export interface DumpedRequest {
  /** Of the item; the alternatives of a question share it. */
  readonly id: string;
  readonly context: string;
  /** Of a written answer: the reference. */
  readonly continuation: string;
  /** What stands behind the continuation and is read too; absent where nothing does. */
  readonly suffix?: string;
}

/** The requests of one task. */
export interface DumpedTask {
  readonly task: string;
  /** Where its rows are from; `fixture`: the built-in ones. */
  readonly source: string;
  readonly shots: number;
  readonly requests: readonly DumpedRequest[];
}

export type DumpOptions = Pick<
  RunOptions,
  'tasks' | 'models' | 'protocol' | 'limit' | 'fixtures' | 'dataDir' | 'family' | 'shots' | 'shotsFrom'
> &
  ItemOptions;

/**
 * Task after task, in data-set order; of a question each view and each of its alternatives once. Those of left-to-right models unless
 * `family` says diffusion. No model is opened.
 *
 * @throws HarnessError 'unknown-name', 'not-supported' where a task lacks the protocol, 'missing-dataset', 'bad-dataset'
 */
export async function* requestsOf(options: DumpOptions): AsyncGenerator<DumpedTask> {
  const family = options.family ?? 'autoregressive';
  const tasks = chosenTasks(options);
  for (const task of tasks) templateOf(task, options.protocol);
  for (const task of tasks) {
    const { loaded, shots, chosen = null } = await loadTaskRows(task, options);
    const examples = examplesOf(task, options.protocol, loaded.rows, options.limit, shots, chosen);
    yield {
      task: task.name,
      source: loaded.source,
      shots: shots?.count ?? 0,
      requests: examples.flatMap(({ id, question }) => requestsOfQuestion(id, question, family)),
    };
  }
}

/** Two views that ask the same give it once; two alternatives with one text are two requests. */
export function requestsOfQuestion(id: string, { views }: Question, family: Family): readonly DumpedRequest[] {
  const byText = new Map<string, DumpedRequest>();
  for (const { alternatives } of views[family]) {
    alternatives.forEach((pieces, alternative) => {
      const request = toRequest(id, pieces);
      const key = JSON.stringify([alternative, request]);
      if (!byText.has(key)) byText.set(key, request);
    });
  }
  return [...byText.values()];
}

function toRequest(id: string, pieces: readonly Piece[]): DumpedRequest {
  const isScored = pieces.map(({ scored }) => scored);
  const [first, last] = [isScored.indexOf(true), isScored.lastIndexOf(true)];
  const textOf = (some: readonly Piece[]) => some.map(({ text }) => text).join('');
  const moved = pieces[first]?.fromContext ?? 0;
  const answer = textOf(pieces.slice(first, last + 1));
  const suffix = textOf(pieces.slice(last + 1));
  return {
    id,
    context: textOf(pieces.slice(0, first)) + answer.slice(0, moved),
    continuation: answer.slice(moved),
    ...(suffix === '' ? {} : { suffix }),
  };
}
