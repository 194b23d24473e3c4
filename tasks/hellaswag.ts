/**
 * HellaSwag (Zellers et al. 2019, arXiv:1905.07830): how an everyday scene or a how-to goes on. Validation split.
 * The clean-up of the text is that of lm-evaluation-harness, which HKUNLP/DiffuLLaMA uses too.
 */

import { z } from 'zod';
import {
  choose,
  jointWithoutBos,
  label,
  published,
  pythonCapitalize,
  pythonStrip,
  type Question,
  readJsonl,
  readLineGroups,
  readParquet,
  scored,
  scoreQuestion,
  separate,
  type TaskPlugin,
  visible,
  withSpecialTokens,
} from '#harness';
import { BY_MEAN, BY_SUM, canonicalChoice, choiceAfter } from './choices.ts';
import { weighed } from './lm-eval.ts';

const rowSchema = z.object({
  activity_label: z.string(),
  ctx_a: z.string(),
  ctx_b: z.string(),
  endings: z.array(z.string()).length(4),
  label: label(0, 3),
  /** The video or article that the scene is from; not in the text extract. */
  source_id: z.string().min(1).exactOptional(),
});
type HellaswagRow = z.infer<typeof rowSchema>;

export const hellaswag: TaskPlugin<HellaswagRow> = {
  name: 'hellaswag',
  version: 1,
  description: 'How an everyday scene or a how-to text goes on: one of four endings',
  chance: 1 / 4,
  rowSchema,
  sources: [
    published('hellaswag/jsonl', (path) => readJsonl(path('hellaswag/hellaswag_val.jsonl'), rowSchema)),
    published('hellaswag/parquet', (path) =>
      readParquet(path('hellaswag/validation-00000-of-00001.parquet'), rowSchema),
    ),
    {
      name: 'hellaswag/text',
      variant: 'text extract: WikiHow tags removed, last fragment lower-case',
      read: (path) => readLineGroups(path('hellaswag/hellaswag_val_full.txt'), 6, fromExtract, rowSchema),
    },
  ],
  fixture: 'hellaswag.jsonl',
  protocols: {
    // Dropped tags leave blanks at the ends of some endings; they are no part of the answer here.
    canonical: { question: (row) => canonicalChoice(contextOf(row), endingsOf(row), row.label), headline: BY_MEAN },
    paper: { question: paper, headline: { autoregressive: 'mean', diffusion: 'sum' } },
    'paper-text': { question: paper, headline: BY_MEAN },
    olmes: {
      question: (row) => choiceAfter(contextOf(row), endingsOf(row), row.label, jointWithoutBos),
      headline: BY_SUM,
    },
    'lm-eval': weighed(contextOf, endingsOf, ({ label }) => label),
  },
  id: (_row, index) => `hellaswag/${index}`,
  cluster: ({ source_id, activity_label, ctx_a, ctx_b }) => source_id ?? `${activity_label}: ${ctx_a} ${ctx_b}`,
  undigested: ['source_id'],
  score: scoreQuestion,
};

/** Strip, replace ` [title]`, drop `[tags]`, then one pass over double blanks (so three blanks become two); no second strip. */
export function cleanUp(text: string): string {
  return pythonStrip(text)
    .replaceAll(' [title]', '. ')
    .replaceAll(/\[[^\n]*?\]/g, '')
    .replaceAll('  ', ' ');
}

export function contextOf({ activity_label, ctx_a, ctx_b }: HellaswagRow): string {
  return cleanUp(`${activity_label}: ${ctx_a} ${pythonCapitalize(ctx_b)}`);
}

function endingsOf({ endings }: HellaswagRow): readonly string[] {
  return endings.map(cleanUp);
}

/** No blank between query and ending; for diffusion LLaMA's inner BOS is part of the ending. */
function paper(row: HellaswagRow): Question {
  const query = visible(contextOf(row));
  const answers = endingsOf(row);
  return choose(answers, row.label, {
    autoregressive: [separate(answers.map((answer) => [query, scored(answer)]))],
    diffusion: [separate(answers.map((answer) => [withSpecialTokens(query), withSpecialTokens(scored(answer))]))],
  });
}

/** Six lines: `activity: context`, index of the right ending, four endings. */
function fromExtract([head = '', gold = '', ...endings]: readonly string[]): unknown {
  const [activity = ''] = head.split(': ', 1);
  return { activity_label: activity, ctx_a: head.slice(activity.length + 2), ctx_b: '', endings, label: gold };
}
