/**
 * LAMBADA by decoding: the model writes the last word, in as many tokens as the word has (an oracle length, as published), and
 * is right when it is the word. Data and wording of `lambada`.
 *
 * `canonical`: the most likely tokens. `paper`: diffusion models draw at temperature 1 with one denoising step a token and
 * decode what they wrote alone; give `--draws` for several repetitions. Autoregressive models are greedy under both.
 */

import {
  pythonSplit,
  pythonStrip,
  type Question,
  scoreWriting,
  type TaskPlugin,
  type Template,
  type Writing,
  write,
} from '#harness';
import { type LambadaRow, lambada } from './lambada.ts';
import { DRAWN, GREEDY } from './writings.ts';

const PUBLISHED: Writing = { ...DRAWN, steps: 'one-a-token', temperature: 1 };

export const lambadaDecoding: TaskPlugin<LambadaRow> = {
  ...lambada,
  name: 'lambada-decoding',
  version: 1,
  description: 'The last word of a passage, written by the model in as many tokens as it has',
  protocols: {
    canonical: written('canonical', GREEDY),
    paper: written('paper', PUBLISHED),
    'paper-text': written('paper-text', PUBLISHED),
    olmes: written('olmes', GREEDY),
  },
  id: (_row, index) => `lambada-decoding/${index}`,
  score: (question, response, context) =>
    scoreWriting(question, response, context, (text) => pythonStrip(text) === question.answers[0]),
};

/** The question of `lambada`, to be written instead of scored. */
function written(protocol: keyof typeof lambada.protocols, writing: Writing): Template<LambadaRow> {
  const template = lambada.protocols[protocol] as Template<LambadaRow>;
  const question = (row: LambadaRow): Question =>
    write(pythonSplit(row.text).at(-1) ?? '', template.question(row).views, writing);
  return { ...template, question };
}
