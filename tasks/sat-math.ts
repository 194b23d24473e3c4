/**
 * SAT-Math of AGIEval (Zhong et al. 2023, arXiv:2304.06364): 220 questions with four options; the model writes the letter of one.
 *
 * As `mawps`: four solved questions in front, drawn by random numbers that the item names; `paper` draws tokens, and `--draws 3` gives
 * `majority@3` and `hit@3`. Guessing is right in 25 % of questions, and one of three guesses in 57.8 %.
 */
import { z } from 'zod';
import { type JudgedText, published, readJsonl, scoreViews, type TaskPlugin } from '#harness';
import { commonestAnswer } from './floors.ts';
import { solvedProtocols } from './solved-questions.ts';

const rowSchema = z.object({
  passage: z.string(),
  question: z.string().min(1),
  /** `(A)…` to `(D)…`. */
  options: z.array(z.string().regex(/^\([A-D]\)/)).length(4),
  label: z.enum(['A', 'B', 'C', 'D']),
});
type SatRow = z.infer<typeof rowSchema>;

export const satMath: TaskPlugin<SatRow> = {
  name: 'sat-math',
  version: 1,
  description: 'Mathematics with four options; the model writes the letter of one',
  chance: 1 / 4,
  rowSchema,
  sources: [published('sat-math/jsonl', (path) => readJsonl(path('satmath/sat-math.jsonl'), rowSchema))],
  fixture: 'sat-math.jsonl',
  protocols: solvedProtocols({
    asked: ({ passage, question, options }) =>
      `${passage === '' ? '' : `${passage}\n`}Question: ${question}\n${options.join('\n')}\nAnswer:`,
    answer: ({ label }) => label,
    room: 8,
  }),
  id: (_row, index) => `sat-math/${index}`,
  cluster: ({ passage }) => (passage === '' ? null : passage),
  floors: commonestAnswer('always B', 59, 220, 'sat-math/jsonl'),
  score: (question, response, context) =>
    scoreViews(question, response, context, (text) => judged(text, question.answers[0] ?? '')),
};

/** The first letter A to D that stands alone, with or without parentheses. */
const LETTER = /(?<![A-Za-z])[A-D](?![A-Za-z])/;

function judged(text: string, label: string): JudgedText {
  const answer = LETTER.exec(text)?.[0] ?? null;
  const isRight = answer === label;
  return { values: { acc: Number(isRight), noAnswer: Number(answer === null) }, vote: { answer, isRight } };
}
