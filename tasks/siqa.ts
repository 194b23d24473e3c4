/**
 * Social IQa (Sap et al. 2019, arXiv:1904.09728): what people do, want or feel in a situation. Dev split.
 * Wording of `paper`: evaluation scripts of HKUNLP/DiffuLLaMA at c17e897. Wording of `olmes`: AI2's OLMES. Wording of `lm-eval`:
 * lm-evaluation-harness, `social_iqa`.
 */

import { z } from 'zod';
import {
  bothFamilies,
  choose,
  label,
  published,
  type Question,
  readLabelledJsonl,
  scored,
  scoreQuestion,
  separate,
  type TaskPlugin,
  visible,
} from '#harness';
import { BY_MEAN, BY_SUM, canonicalChoice, olmesChoice } from './choices.ts';
import { weighed } from './lm-eval.ts';

const rowSchema = z.object({
  context: z.string(),
  question: z.string(),
  answerA: z.string(),
  answerB: z.string(),
  answerC: z.string(),
  label: label(1, 3),
});
type SiqaRow = z.infer<typeof rowSchema>;

const query = ({ context, question }: SiqaRow) => `Question: ${context} ${question}\nAnswer:`;
const asked = ({ context, question }: SiqaRow) => `Q: ${context} ${question}\nA:`;
const choices = ({ answerA, answerB, answerC }: SiqaRow) => [answerA, answerB, answerC];

export const siqa: TaskPlugin<SiqaRow> = {
  name: 'siqa',
  version: 1,
  description: 'What people do, want or feel in a situation: one of three answers',
  chance: 1 / 3,
  rowSchema,
  sources: [
    published('siqa/jsonl', (path) =>
      readLabelledJsonl(path('socialiqa/dev.jsonl'), path('socialiqa/dev-labels.lst'), rowSchema),
    ),
  ],
  fixture: 'siqa.jsonl',
  protocols: {
    canonical: { question: (row) => canonicalChoice(query(row), choices(row), row.label - 1), headline: BY_SUM },
    paper: { question: paper, headline: BY_SUM },
    'paper-text': { question: paper, headline: BY_MEAN },
    olmes: { question: (row) => olmesChoice(query(row), choices(row), row.label - 1), headline: BY_SUM },
    'lm-eval': weighed(asked, choices, ({ label }) => label - 1),
  },
  id: (_row, index) => `siqa/${index}`,
  cluster: ({ context }) => context,
  score: scoreQuestion,
};

/** The query ends in a blank, which becomes a token of its own; the answer starts without one. */
function paper(row: SiqaRow): Question {
  const answers = choices(row);
  const view = separate(answers.map((answer) => [visible(`${query(row)} `), scored(answer)]));
  return choose(answers, row.label - 1, bothFamilies(view));
}
