/**
 * The last word of a little story that a grammar of our own made (`problems/stories.ts`). It follows from what came before it.
 * Who knows the grammar but does not look back guesses one in six to sixteen. It measures nothing but whether a model that was
 * trained on such stories has learnt them: published models may take it for a simple LAMBADA in odd English.
 */
import {
  bothFamilies,
  fill,
  joint,
  jointWithoutBos,
  type Question,
  scored,
  scoreQuestion,
  type TaskPlugin,
  visible,
} from '#harness';
import { BY_SUM } from '../choices.ts';
import { type ProblemRow, problemRowSchema, problemRows } from '../problems/rows.ts';
import { stories } from '../problems/stories.ts';

export const storiesCloze: TaskPlugin<ProblemRow> = {
  name: 'stories-cloze',
  version: 2,
  description: 'The last word of a little story made by a grammar',
  chance: null,
  rowSchema: problemRowSchema,
  sources: [problemRows('stories-cloze/made', stories.open({}), 500)],
  fixture: 'stories-cloze.jsonl',
  protocols: {
    canonical: { question: lastWord(joint), headline: BY_SUM },
    paper: { question: lastWord(joint), headline: BY_SUM },
    'paper-text': { question: lastWord(joint), headline: BY_SUM },
    olmes: { question: lastWord(jointWithoutBos), headline: BY_SUM },
  },
  id: (_row, index) => `stories-cloze/${index}`,
  score: scoreQuestion,
};

function lastWord(tokenize: typeof joint): (row: ProblemRow) => Question {
  return ({ prompt, answer }) => fill(answer, bothFamilies(tokenize([[visible(prompt), scored(` ${answer}`)]])));
}
