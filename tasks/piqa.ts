/**
 * PIQA (Bisk et al. 2020, arXiv:1911.11641): which of two solutions reaches an everyday goal. Validation split.
 * Wording of `paper`: evaluation scripts of HKUNLP/DiffuLLaMA at c17e897. Wording of `olmes`: AI2's OLMES, which says
 * `Goal:` where lm-evaluation-harness, and with it `lm-eval`, says `Question:`.
 */

import { z } from 'zod';
import {
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
  withSpecialTokens,
} from '#harness';
import { BY_MEAN, BY_SUM, canonicalChoice, olmesChoice } from './choices.ts';
import { weighed } from './lm-eval.ts';

const rowSchema = z.object({ goal: z.string(), sol1: z.string(), sol2: z.string(), label: label(0, 1) });
type PiqaRow = z.infer<typeof rowSchema>;

const asked = ({ goal }: PiqaRow) => `Question: ${goal}\nAnswer:`;
const solutions = ({ sol1, sol2 }: PiqaRow) => [sol1, sol2];

export const piqa: TaskPlugin<PiqaRow> = {
  name: 'piqa',
  version: 1,
  description: 'Which of two solutions reaches an everyday goal',
  chance: 1 / 2,
  rowSchema,
  sources: [
    published('piqa/jsonl', (path) =>
      readLabelledJsonl(path('piqa/valid.jsonl'), path('piqa/valid-labels.lst'), rowSchema),
    ),
  ],
  fixture: 'piqa.jsonl',
  protocols: {
    canonical: { question: (row) => canonicalChoice(asked(row), solutions(row), row.label), headline: BY_SUM },
    paper: { question: paper, headline: BY_SUM },
    'paper-text': { question: paper, headline: BY_MEAN },
    olmes: {
      question: (row) => olmesChoice(`Goal: ${row.goal}\nAnswer:`, solutions(row), row.label),
      headline: BY_SUM,
    },
    'lm-eval': weighed(asked, solutions, ({ label }) => label),
  },
  id: (_row, index) => `piqa/${index}`,
  cluster: ({ goal }) => goal,
  score: scoreQuestion,
};

/** The query ends in a blank; for diffusion a second one starts the answer, and LLaMA's inner BOS is part of it. */
function paper({ goal, sol1, sol2, label }: PiqaRow): Question {
  const query = visible(`Question: ${goal}\nAnswer: `);
  const answers = [sol1, sol2];
  return choose(answers, label, {
    autoregressive: [separate(answers.map((answer) => [query, scored(answer)]))],
    diffusion: [separate(answers.map((answer) => [withSpecialTokens(query), withSpecialTokens(scored(` ${answer}`))]))],
  });
}
