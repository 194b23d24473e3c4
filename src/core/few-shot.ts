/** Examples in front of a question: which rows they are, and what becomes of the question. */
import { PythonRandom } from './numbers/python-random.ts';
import { inRandomOrder, stream } from './numbers/random.ts';
import { type Piece, type Question, type View, visible } from './question.ts';
import type { FewShot } from './task.ts';
import { canonicalJson } from './text/canonical-json.ts';

/** How many examples, and of which rows. */
export interface Shots<Row> {
  readonly count: number;
  readonly rows: readonly Row[];
}

/** The harness seeds its draws with this, once for each task. @source lm-evaluation-harness, `fewshot_random_seed` */
const SEED = 1234;

/**
 * What stands in front of each question, in data-set order, as lm-evaluation-harness draws it: the draws of one generator, so a prefix of the rows has the same
 * examples as all of them.
 *
 * @throws RangeError where there are fewer rows than are drawn
 */
export function shotContexts<Row>(
  { leavesOutAsked, example }: FewShot<Row>,
  { count, rows: pool }: Shots<Row>,
  asked: readonly Row[],
): readonly string[] {
  if (count === 0) return asked.map(() => '');
  const random = new PythonRandom(SEED);
  const drawn = (from: readonly Row[], n: number) => random.sample(from.length, n).map((i) => from[i] as Row);
  if (!leavesOutAsked) return asked.map(() => drawn(pool, count).map(example).join(''));
  const keyOf = new Map(pool.map((row) => [row, canonicalJson(row)]));
  return asked.map((row) => {
    const own = canonicalJson(row);
    const isOther = (each: Row) => keyOf.get(each) !== own;
    const others = drawn(pool, count + 1).filter(isOther);
    const shown = others.length < count ? drawn(pool.filter(isOther), count) : others.slice(0, count);
    return shown.map(example).join('');
  });
}

/**
 * The examples of one question, drawn by numbers that task and item name: they depend on no other question, and a larger count begins
 * with those of a smaller.
 *
 * @param names of the numbers: the task's name and the item's id
 * @throws RangeError where there are fewer rows than are asked for
 */
export function namedShots<Row>(
  { leavesOutAsked, example }: FewShot<Row>,
  { count, rows: pool }: Shots<Row>,
  asked: Row,
  names: readonly string[],
): string {
  const own = leavesOutAsked ? canonicalJson(asked) : null;
  const shown: Row[] = [];
  for (const at of inRandomOrder(stream(0, 'demonstrations', ...names), pool.length)) {
    if (shown.length === count) break;
    const row = pool[at] as Row;
    if (own === null || canonicalJson(row) !== own) shown.push(row);
  }
  if (shown.length < count) throw new RangeError(`namedShots: ${count} examples of ${shown.length} rows`);
  return shown.map(example).join('');
}

/** The question with a text in front of each of its alternatives. */
export function inContext(question: Question, context: string): Question {
  if (context === '') return question;
  const after = (view: View): View => ({
    ...view,
    alternatives: view.alternatives.map((pieces) => behind(context, pieces)),
  });
  const { autoregressive, diffusion } = question.views;
  return { ...question, views: { autoregressive: autoregressive.map(after), diffusion: diffusion.map(after) } };
}

/** Special tokens go in front of the whole. */
function behind(context: string, [first, ...rest]: readonly Piece[]): readonly Piece[] {
  if (first === undefined || first.scored) return [visible(context), ...(first === undefined ? [] : [first]), ...rest];
  return [{ ...first, text: context + first.text }, ...rest];
}
