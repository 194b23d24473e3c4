import type { Example } from '../core/question.ts';
import type { ItemRecord } from '../core/record.ts';
import type { Response } from '../core/response.ts';
import type { Score, ScoreContext } from '../core/score.ts';
import type { TaskPlugin } from '../core/task.ts';
import { canonicalJson } from '../core/text/canonical-json.ts';

/**
 * The record of one answered or unanswered question. What cannot be scored stays in the results as a tagged state: an
 * unanswered question (unless the task counts it as failed), and an answer or score with a number that is not finite (code
 * `non-finite`).
 */
export async function scoreItem(
  task: Pick<TaskPlugin, 'score' | 'scoresUnanswered'>,
  context: ScoreContext,
  { question, ...item }: Example,
  response: Response,
): Promise<ItemRecord> {
  if (response.kind === 'unanswered' && task.scoresUnanswered !== true)
    return { ...item, score: unscored(response), response };
  const record: ItemRecord = { ...item, score: await task.score(question, response, context), response };
  const problem = numberProblem(record);
  if (problem === null) return record;
  const empty: Response = { kind: 'unanswered', code: 'non-finite', reason: `the answer or its score: ${problem}` };
  return { ...item, score: unscored(empty), response: empty };
}

function unscored({ code, reason }: Extract<Response, { kind: 'unanswered' }>): Score {
  return { kind: 'unscored', code, reason };
}

/** null when JSON can carry every number of the record. */
function numberProblem(record: ItemRecord): string | null {
  try {
    canonicalJson(record);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}
