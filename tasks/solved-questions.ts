/** What tasks share that ask for a short answer behind solved questions: `mawps`, `sat-math`. */
import {
  bothFamilies,
  continuation,
  joint,
  type Question,
  separate,
  type TaskPlugin,
  type Template,
  type View,
  type Writing,
  write,
} from '#harness';
import { lengthViews, ONE_LINE } from './length-views.ts';
import { DRAWN, GREEDY } from './writings.ts';

interface SolvedQuestion<Row> {
  /** Up to `Answer:`, without a blank behind it. */
  asked(row: Row): string;
  answer(row: Row): string;
  /** Tokens of an answer and the end of its line. */
  readonly room: number;
}

/** Solved questions in front of each, where no number is asked for. */
const EXAMPLES = 4;

/**
 * `canonical`: the likeliest tokens, asked with three lengths. `paper`: tokens drawn by the published sampler, a step a token; no code was
 * published, so the wording is ours. Solved questions are drawn from the task's own rows by numbers that the item names.
 */
export function solvedProtocols<Row>({ asked, answer, room }: SolvedQuestion<Row>): TaskPlugin<Row>['protocols'] {
  const canonical: Writing = { ...GREEDY, length: room, ...ONE_LINE };
  const paper: Writing = { ...DRAWN, length: room, steps: 'one-a-token', ...ONE_LINE };
  const pieces = (row: Row) => [continuation(asked(row), ` ${answer(row)}`)];
  const template = (viewsOf: (row: Row) => readonly View[], writing: Writing): Template<Row> => ({
    question: (row): Question => write(answer(row), bothFamilies(...viewsOf(row)), writing),
    headline: { autoregressive: 'sum', diffusion: 'sum' },
    fewShot: {
      ...{ standard: EXAMPLES, pool: 'own', leavesOutAsked: true, drawn: 'named' },
      example: (row) => `${asked(row)} ${answer(row)}\n\n`,
    },
  });
  return {
    canonical: template((row) => lengthViews(joint(pieces(row)), room, ONE_LINE, 'canvas-first'), canonical),
    paper: template((row) => [separate(pieces(row))], paper),
  };
}
