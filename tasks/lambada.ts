/**
 * LAMBADA (Paperno et al. 2016, arXiv:1606.06031): the last word of a passage, which needs all of the passage.
 * Test split as first released: lower case, cut into words. This is the file that DiffuGPT and DiffuLLaMA are scored on.
 */

import { z } from 'zod';
import {
  bothFamilies,
  fill,
  fillLast,
  joint,
  jointWithoutBos,
  published,
  pythonSplit,
  type Question,
  readLineGroups,
  scoreQuestion,
  type TaskPlugin,
} from '#harness';
import { BY_SUM } from './choices.ts';
import { example, fromTraining, requests } from './lm-eval.ts';

const rowSchema = z.object({
  text: z.string().refine((text) => pythonSplit(text).length > 1, { message: 'a passage of two words or more' }),
});
export type LambadaRow = z.infer<typeof rowSchema>;

export const lambada: TaskPlugin<LambadaRow> = {
  name: 'lambada',
  version: 2,
  description: 'The last word of a passage (original release, lower case)',
  chance: null,
  rowSchema,
  sources: [
    published('lambada/plain-text', (path) =>
      readLineGroups(path('lambada/lambada_test_plain_text.txt'), 1, ([text]) => ({ text }), rowSchema),
    ),
  ],
  fixture: 'lambada.jsonl',
  protocols: {
    canonical: { question: words(joint), headline: BY_SUM },
    // Published: ids = enc+(line), the last len(enc+(line)) − len(enc+(context)) of them are the answer. The context ids
    // are a prefix of the line ids in all 5,153 lines (GPT-2 and LLaMA), so this is joint tokenisation with one BOS.
    paper: { question: words(joint), headline: BY_SUM },
    'paper-text': { question: words(joint), headline: BY_SUM },
    olmes: { question: words(jointWithoutBos), headline: BY_SUM },
    'lm-eval': { question: lmEval, headline: BY_SUM, fewShot: { ...fromTraining(solved), leavesOutAsked: false } },
  },
  id: (_row, index) => `lambada/${index}`,
  cluster: ({ text }) => text,
  score: scoreQuestion,
};

/** The words joined by one blank, the last of them the answer. */
function words(tokenize: typeof joint): (row: LambadaRow) => Question {
  return ({ text }) => fillLast(pythonSplit(text), tokenize);
}

/** Cut at blanks alone, so a line break stays within the word or the passage. @returns the passage, and its last word */
function cut({ text }: LambadaRow): readonly [string, string] {
  const at = text.lastIndexOf(' ');
  return [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
}

export function lmEval(row: LambadaRow): Question {
  const [passage, word] = cut(row);
  return fill(word, bothFamilies(requests([[passage, ` ${word}`]])));
}

/** The harness puts a blank before an answer that begins with one: there are two. */
export function solved(row: LambadaRow): string {
  const [passage, word] = cut(row);
  return example(passage, ` ${word}`);
}
