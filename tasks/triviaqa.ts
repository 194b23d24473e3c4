/**
 * TriviaQA (Joshi et al. 2017, arXiv:1705.03551), closed book: a question of general knowledge, answered from memory. Right is what
 * contains one of the known spellings of the answer, as the scripts published with arXiv 2410.17891 count; `exactMatch` and `f1` beside it.
 *
 * `paper`: their wording (a question's own "?" doubles), pieces encoded apart; left-to-right models write as many tokens as the longest
 * spelling has, diffusion models ten more in a step a token. Their script for diffusion models read SQuAD by mistake: that is task `squad`.
 */
import { z } from 'zod';
import {
  answerValues,
  bothFamilies,
  continuation,
  joint,
  normaliseAnswer,
  type Question,
  readJsonl,
  scored,
  scoreViews,
  separate,
  type TaskPlugin,
  visible,
  type WriteQuestion,
  type Writing,
} from '#harness';
import { BY_SUM } from './choices.ts';
import { commonestAnswer } from './floors.ts';
import { lengthViews, ONE_LINE } from './length-views.ts';
import { DRAWN, GREEDY } from './writings.ts';

const rowSchema = z.object({
  question: z.string().min(1),
  answer: z.string().min(1),
  /** Every known spelling, the answer among them. */
  aliases: z.array(z.string()).min(1),
});
type TriviaRow = z.infer<typeof rowSchema>;

/** As published: `Question: …\nAnswer:`. */
const fileSchema: z.ZodType<TriviaRow> = z
  .object({ context: z.string(), answer: z.string(), aliases: z.array(z.string()) })
  .transform(({ context, ...row }) => ({ ...row, question: /^Question: ([\s\S]+)\nAnswer:$/.exec(context)?.[1] }))
  .pipe(rowSchema);

/** Room for any answer, with the end of its line. */
export const ANSWER_ROOM = 32;

export const PUBLISHED_ANSWER: Writing = { ...DRAWN, length: 'gold+10', steps: 'one-a-token' };
const fewShot: NonNullable<TaskPlugin<TriviaRow>['protocols']['canonical']>['fewShot'] = {
  standard: 0,
  pool: 'own',
  leavesOutAsked: true,
  drawn: 'named',
  example: ({ question, answer }) => `Question: ${question}\nAnswer: ${answer}\n\n`,
};

export const triviaqa: TaskPlugin<TriviaRow> = {
  name: 'triviaqa',
  version: 1,
  description: 'Questions of general knowledge, answered from memory',
  chance: null,
  rowSchema,
  sources: [
    {
      name: 'triviaqa/jsonl',
      variant: 'a sample of 3,000 questions (llm-foundry); the published 2,000 are not told',
      read: (path) => readJsonl(path('triviaqa/triviaqa_sm_sub.jsonl'), fileSchema),
    },
  ],
  fixture: 'triviaqa.jsonl',
  protocols: {
    canonical: { question: canonicalQuestion, headline: BY_SUM, fewShot },
    paper: { question: paperQuestion, headline: BY_SUM, fewShot },
  },
  id: (_row, index) => `triviaqa/${index}`,
  metric: 'contains',
  floors: commonestAnswer('always "Australia"', 11, 3000, 'triviaqa/jsonl'),
  score: scoreAnswers,
};

/** Against every right answer of the question; texts vote by what is left of them when normalised. */
export function scoreAnswers(
  ...[question, response, context]: Parameters<TaskPlugin['score']>
): ReturnType<typeof scoreViews> {
  return scoreViews(question, response, context, (text) => {
    const values = answerValues(text, question.answers);
    const answer = normaliseAnswer(text);
    return { values, vote: { answer: answer === '' ? null : answer, isRight: values.contains === 1 } };
  });
}

/** The reference, and behind it the other right answers. */
export const answersOf = (answer: string, aliases: readonly string[]): readonly string[] => [
  ...new Set([answer, ...aliases]),
];

function canonicalQuestion({ question, answer, aliases }: TriviaRow): Question {
  const asked = joint([continuation(`Question: ${question}\nAnswer:`, ` ${answer}`)]);
  return written(
    answersOf(answer, aliases),
    bothFamilies(...lengthViews(asked, ANSWER_ROOM, ONE_LINE, 'oracle-first')),
    GREEDY,
  );
}

function paperQuestion({ question, answer, aliases }: TriviaRow): Question {
  const view = { ...separate([[visible(`Question: ${question}?\nAnswer: `), scored(answer)]]), longestOf: aliases };
  const views = { autoregressive: [{ ...view, writing: { length: 'gold' } as const }], diffusion: [view] };
  return written(answersOf(answer, aliases), views, PUBLISHED_ANSWER);
}

export const written = (answers: readonly string[], views: Question['views'], writing: Writing): WriteQuestion => ({
  ...{ kind: 'write', answers, gold: 0, views, writing },
});
