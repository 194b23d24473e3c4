/**
 * LAMBADA as OpenAI prepared it for GPT-2 (Radford et al. 2019): the same 5,153 passages with their original spelling and
 * line breaks. Numbers of other harnesses called `lambada_openai` are for this file, not for the one of `lambada`.
 */

import {
  bothFamilies,
  continuation,
  fill,
  joint,
  published,
  pythonSplit,
  type Question,
  readJsonl,
  type TaskPlugin,
} from '#harness';
import { BY_SUM } from './choices.ts';
import { type LambadaRow, lambada, lmEval, solved } from './lambada.ts';

export const lambadaOpenai: TaskPlugin<LambadaRow> = {
  ...lambada,
  name: 'lambada-openai',
  version: 2,
  description: "The last word of a passage (OpenAI's version, original spelling)",
  sources: [
    published('lambada-openai/jsonl', (path) => readJsonl(path('lambada/lambada_test.jsonl'), lambada.rowSchema)),
  ],
  fixture: 'lambada-openai.jsonl',
  // The published scripts never read this file; `paper` is their rules (words joined by one blank) applied to it.
  protocols: {
    ...lambada.protocols,
    canonical: { question: canonical, headline: BY_SUM },
    // The harness has a test split alone, so examples are drawn from the items themselves, the asked one included.
    'lm-eval': {
      question: lmEval,
      headline: BY_SUM,
      fewShot: { standard: 0, pool: 'own', leavesOutAsked: false, example: solved },
    },
  },
  id: (_row, index) => `lambada-openai/${index}`,
};

/** The passage with its own white space; whatever stands before the last word belongs to the answer. */
function canonical({ text }: LambadaRow): Question {
  const passage = text.trim();
  const word = pythonSplit(passage).at(-1) ?? '';
  return fill(word, bothFamilies(joint([continuation(passage.slice(0, -word.length), word)])));
}
