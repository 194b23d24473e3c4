/**
 * SQuAD 1.1 (Rajpurkar et al. 2016, arXiv:1606.05250): a question about a paragraph, which holds the answer.
 *
 * `paper`: what the script published with arXiv 2410.17891 asked diffusion models in the place of TriviaQA, its misspelt prompt included;
 * the canvas has the length of the longest right answer. `canonical`: the wording of OLMES.
 */
import { z } from 'zod';
import {
  bothFamilies,
  continuation,
  joint,
  type Question,
  readJsonl,
  scored,
  separate,
  type TaskPlugin,
  visible,
} from '#harness';
import { BY_SUM } from './choices.ts';
import { lengthViews, ONE_LINE } from './length-views.ts';
import { ANSWER_ROOM, answersOf, PUBLISHED_ANSWER, scoreAnswers, written } from './triviaqa.ts';
import { GREEDY } from './writings.ts';

const rowSchema = z.object({
  id: z.string().min(1),
  title: z.string(),
  paragraph: z.string().min(1),
  question: z.string().min(1),
  answers: z.array(z.string().min(1)).min(1),
});
type SquadRow = z.infer<typeof rowSchema>;

const QUERY = /^Title: ([^\n]*)\nBackground: ([\s\S]*)\nQuestion: ([^\n]*)\nAnswer:$/;

/** Rows stand in the requests of OLMES. */
const fileSchema: z.ZodType<SquadRow> = z
  .object({ doc: z.object({ id: z.string(), query: z.string(), answers_text: z.array(z.string()) }) })
  .transform(({ doc: { id, query, answers_text: answers } }) => {
    const [, title, paragraph, question] = QUERY.exec(query) ?? [];
    return { id, title, paragraph, question, answers };
  })
  .pipe(rowSchema);

const asked = ({ title, paragraph, question }: SquadRow): string =>
  `Title: ${title}\nBackground: ${paragraph}\nQuestion: ${question}\nAnswer:`;

export const squad: TaskPlugin<SquadRow> = {
  name: 'squad',
  version: 1,
  description: 'Questions about a paragraph, answered with a part of it',
  chance: null,
  rowSchema,
  sources: [
    {
      name: 'squad/olmes',
      variant: '1,000 of the 10,570 validation questions, as chosen by OLMES',
      read: (path) => readJsonl(path('squad/olmes-bpb_5shot/requests.jsonl'), fileSchema),
    },
  ],
  fixture: 'squad.jsonl',
  protocols: {
    canonical: { question: canonicalQuestion, headline: BY_SUM },
    paper: { question: paperQuestion, headline: BY_SUM },
  },
  id: ({ id }) => id,
  cluster: ({ paragraph }) => paragraph,
  metric: 'contains',
  floors: [
    {
      ...{ metric: 'contains', name: 'the whole paragraph', hits: 1000, of: 1000, source: 'squad/olmes' },
      origin: 'counted over all rows',
    },
  ],
  score: scoreAnswers,
};

const rightAnswers = ({ answers }: SquadRow): readonly string[] => answersOf(answers[0] as string, answers);

function canonicalQuestion(row: SquadRow): Question {
  const view = joint([continuation(asked(row), ` ${row.answers[0]}`)]);
  return written(rightAnswers(row), bothFamilies(...lengthViews(view, ANSWER_ROOM, ONE_LINE, 'oracle-first')), GREEDY);
}

function paperQuestion(row: SquadRow): Question {
  const prompt = visible(`${row.paragraph}\nQuesion${row.question}?\nAnswer: `);
  const view = { ...separate([[prompt, scored(row.answers[0] as string)]]), longestOf: row.answers };
  return written(rightAnswers(row), bothFamilies(view), { ...PUBLISHED_ANSWER, length: 'gold' });
}
