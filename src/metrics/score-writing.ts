/** What written texts are worth: means over repetitions for each number of denoising steps. */
import type { Question } from '../core/question.ts';
import type { Response, Written } from '../core/response.ts';
import type { Score, ScoreContext } from '../core/score.ts';

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
  { family }: ScoreContext,
  judge: (text: string) => TextValues,
): Score {
  if (response.kind === 'unanswered') return { kind: 'unscored', code: response.code, reason: response.reason };
  if (response.kind !== 'written') throw new TypeError('scoreTexts: the question was not answered in writing');
  const written = response.views[question.views[family][0]?.name ?? ''] ?? [];
  if (written.length === 0) return { kind: 'unscored', code: 'bad-request', reason: 'nothing was written' };
  const judged = written.map((text) => ({ ...text, values: judge(text.text) }));
  const counts = [...new Set(written.map(stepsOf))].sort((a, b) => a - b);
  const last = judged.filter((text) => stepsOf(text) === counts.at(-1));
  const values: Record<string, number> = { ...means(last) };
  if (counts.length > 1) {
    for (const T of counts)
      Object.assign(
        values,
        means(
          judged.filter((text) => stepsOf(text) === T),
          `@${T}`,
        ),
      );
  }
  if (last.length > 1) for (const text of last) Object.assign(values, means([text], `#${text.draw}`, 1));
  return { kind: 'scored', values, answer: null, gold: question.gold, undecided: false };
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
