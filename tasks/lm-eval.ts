/**
 * Requests as lm-evaluation-harness builds them (EleutherAI, commit 4e7e0d47f): its texts, its few-shot examples, and how it
 * cuts a context and a continuation into tokens.
 *
 * What it has and this protocol does not: chat templates, descriptions, and cutting what is longer than a model's context from the left;
 * such an item is unanswered here.
 */
import {
  bothFamilies,
  choose,
  type FewShot,
  jointWithoutBos,
  type Piece,
  pythonStripEnd,
  scored,
  separate,
  type Template,
  type View,
  visible,
  withSpecialTokens,
} from '#harness';

/** Between a question and its answer. */
const TARGET = ' ';
/** Behind an example. */
const EXAMPLE = '\n\n';

/**
 * The text is encoded once, with the tokenizer's own special tokens; white space at the end of a context is scored with
 * what follows it.
 */
export function request(context: string, continuation: string): readonly Piece[] {
  const kept = pythonStripEnd(context);
  const moved = context.slice(kept.length);
  const answer = scored(moved + continuation);
  return [withSpecialTokens(visible(kept)), moved === '' ? answer : { ...answer, fromContext: moved.length }];
}

/** Requests whose continuations are weighed: `[context, continuation]` of each alternative. */
export function requests(alternatives: readonly (readonly [string, string])[]): View {
  return jointWithoutBos(alternatives.map(([context, continuation]) => request(context, continuation)));
}

/** One context, and each of several answers after it. */
const choices = (context: string, answers: readonly string[]): View =>
  requests(answers.map((answer) => [context, TARGET + answer]));

/** A context to go on from; `reference` is what stands in the place of what is written. */
export const prompt = (context: string, reference: string): View =>
  separate([[withSpecialTokens(visible(context)), scored(reference)]]);

/** An example: the question, its answer after a blank, an empty line. */
export const example = (question: string, answer: string): string => question + TARGET + answer + EXAMPLE;

/**
 * Examples from rows that are not in the data lock. Where the harness's task names neither a split of examples nor one of tests,
 * it leaves out an example that equals the item.
 */
export function fromTraining<Row>(one: FewShot<Row>['example']): FewShot<Row> {
  return { standard: 0, pool: null, leavesOutAsked: true, example: one };
}

/** A question whose answers are weighed after it, and the examples in front of it, which end in theirs. */
export const weighed = <Row>(
  asked: (row: Row) => string,
  answersOf: (row: Row) => readonly string[],
  goldOf: (row: Row) => number,
): Template<Row> => ({
  question: (row) => choose(answersOf(row), goldOf(row), bothFamilies(choices(asked(row), answersOf(row)))),
  headline: { autoregressive: 'sum', diffusion: 'sum' },
  fewShot: fromTraining((row) => example(asked(row), answersOf(row)[goldOf(row)] as string)),
});
