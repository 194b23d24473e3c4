/** What written texts are worth: means over repetitions for each number of denoising steps. */
import type { Question, View } from '../core/question.ts';
import type { Response, Written } from '../core/response.ts';
import type { Score, ScoreContext } from '../core/score.ts';
import { type Vote, votedValues } from './voted-answer.ts';

/** Values of one text by metric, the headline first; null where a metric does not apply to it. */
export type TextValues = Readonly<Record<string, number | null>>;

/**
 * Scores the texts of a question's first view: `acc`, the share of repetitions that are right at the largest T (of the one
 * text of a left-to-right model), and what `scoreTexts` adds. Range 0..1, higher is better.
 *
 * @param isRight whether a text answers the question
 */
export function scoreWriting(
  question: Question,
  response: Response,
  context: ScoreContext,
  isRight: (text: string) => boolean,
): Score {
  return scoreTexts(question, response, context, (text) => ({ acc: Number(isRight(text)) }));
}

/**
 * Scores the texts of a question's first view. Each metric is the mean over the repetitions at the largest T to which it
 * applies; absent where it applies to none. `NAME@T` is the same for every T where there are several, and `NAME#D` the headline
 * of repetition D where there are several.
 */
export function scoreTexts(
  question: Question,
  response: Response,
  context: ScoreContext,
  judge: (text: string) => TextValues,
): Score {
  const [first] = question.views[context.family];
  return scored(question, response, first === undefined ? [] : [first], (text) => ({ values: judge(text) }));
}

/** What one text is worth, and the answer it gives, where several texts to a question may vote. */
export interface JudgedText {
  readonly values: TextValues;
  readonly vote?: Vote;
}

/**
 * Scores the texts of every view: the first as `scoreTexts` does, the others likewise as `NAME@view`. Where texts vote and there are k ≥ 2
 * repetitions, `majority@k` and `hit@k` too. A view that the model was not asked, or refused, has no values.
 */
export function scoreViews(
  question: Question,
  response: Response,
  { family }: ScoreContext,
  judge: (text: string) => JudgedText,
): Score {
  return scored(question, response, question.views[family], judge);
}

function scored(
  { gold }: Question,
  response: Response,
  views: readonly View[],
  judge: (text: string) => JudgedText,
): Score {
  if (response.kind === 'unanswered') return { kind: 'unscored', code: response.code, reason: response.reason };
  if (response.kind !== 'written') throw new TypeError('scoreTexts: the question was not answered in writing');
  const values = views.flatMap(({ name }, at) => {
    const written = response.views[name] ?? [];
    return written.length === 0 ? [] : [viewValues(written, judge, at === 0 ? '' : `@${name}`)];
  });
  if (values.length === 0) return { kind: 'unscored', code: 'bad-request', reason: 'nothing was written' };
  return { kind: 'scored', values: Object.assign({}, ...values), answer: null, gold, undecided: false };
}

/** @param view suffix of its metrics */
function viewValues(
  written: readonly Written[],
  judge: (text: string) => JudgedText,
  view: string,
): Readonly<Record<string, number>> {
  const judged = written.map((text) => ({ ...text, ...judge(text.text) }));
  const counts = [...new Set(written.map(stepsOf))].sort((a, b) => a - b);
  const atSteps = (T: number | undefined) => judged.filter((text) => stepsOf(text) === T);
  const last = atSteps(counts.at(-1));
  const values: Record<string, number> = { ...means(last, view) };
  if (counts.length > 1) for (const T of counts) Object.assign(values, means(atSteps(T), `@${T}${view}`));
  if (last.length < 2) return values;
  for (const text of last) Object.assign(values, means([text], `#${text.draw}${view}`, 1));
  const votes = last.flatMap(({ vote }) => vote ?? []);
  for (const [name, value] of Object.entries(votedValues(votes))) values[name + view] = value;
  return values;
}

const stepsOf = ({ steps }: Pick<Written, 'steps'>): number => steps ?? 0;

/** Means of the first `count` metrics over the texts to which they apply. */
function means(
  judged: readonly { readonly values: TextValues }[],
  suffix = '',
  count = Number.POSITIVE_INFINITY,
): Readonly<Record<string, number>> {
  const names = Object.keys(judged[0]?.values ?? {}).slice(0, count);
  return Object.fromEntries(
    names.flatMap((name) => {
      const values = judged.flatMap(({ values }) => values[name] ?? []);
      if (values.length === 0) return [];
      return [[name + suffix, values.reduce((sum, value) => sum + value, 0) / values.length] as const];
    }),
  );
}
