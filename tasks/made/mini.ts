/**
 * Small written tasks whose problems are made by `problems/`, for models of about a million parameters: pointer chasing in two
 * orders of writing, small Countdown, templated word problems. Their rows are held out from what `bench finetune --task` draws.
 */
import { scoreTexts, type TaskPlugin, type TextValues } from '#harness';
import { parseProblem } from '../countdown/problem.ts';
import { verdictValues } from '../countdown/verdict.ts';
import { gsm8kValues } from '../gsm8k/judge.ts';
import { countdown, withoutBlanks } from '../problems/countdown.ts';
import type { ProblemGenerator } from '../problems/generator.ts';
import { pointerChasing as pointers } from '../problems/pointer-chasing.ts';
import { type ProblemRow, problemRowSchema, problemRows } from '../problems/rows.ts';
import { wordProblems as words } from '../problems/word-problems.ts';
import { askedSource, rowProtocols } from '../row-protocols.ts';

interface MiniTask extends Pick<TaskPlugin, 'name' | 'description'> {
  /** 1 where nothing is said. */
  readonly version?: number;
  readonly generator: ProblemGenerator;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Tokens of a row with one token a word, problem and answer together. */
  readonly canvas: number;
  readonly rows: number;
  values(row: ProblemRow, text: string): TextValues;
}

const isSameText = ({ answer }: ProblemRow, text: string): TextValues => ({ acc: Number(text.trim() === answer) });

export const pointerChasing = miniTask({
  name: 'pointer-chasing',
  description: 'Follow four pointers in a table of ten; the hops are written last hop first',
  generator: pointers,
  settings: {},
  canvas: 20,
  rows: 500,
  values: isSameText,
});

export const pointerChasingForward = miniTask({
  name: 'pointer-chasing-forward',
  description: 'The control of pointer-chasing: the hops are written first hop first',
  generator: pointers,
  settings: { order: 'first-hop-first' },
  canvas: 20,
  rows: 500,
  values: isSameText,
});

export const countdownMini = miniTask({
  name: 'countdown-mini',
  version: 2,
  description: 'Reach a target of at most 60 from three numbers up to 20 with + and -',
  generator: countdown,
  settings: {},
  canvas: 24,
  /** There are 5,640 problems, 288 of them held out. */
  rows: 250,
  values({ prompt }, text) {
    const problem = parseProblem(withoutBlanks(prompt.replace(':', '')));
    if (problem === null) throw new RangeError(`countdown-mini: "${prompt}" is no problem`);
    return verdictValues(problem, withoutBlanks(text));
  },
});

export const wordProblems = miniTask({
  name: 'word-problems',
  description: 'Arithmetic word problems of two steps from templates, answered in the form of GSM8K',
  generator: words,
  settings: {},
  canvas: 48,
  rows: 500,
  values: ({ answer }, text) => gsm8kValues(text, answer),
});

function miniTask({ generator, settings, canvas, rows, values, ...listed }: MiniTask): TaskPlugin<ProblemRow> {
  const { name } = listed;
  return {
    version: 1,
    ...listed,
    chance: null,
    rowSchema: problemRowSchema,
    sources: [problemRows(`${name}/made`, generator.open(settings), rows)],
    fixture: `${name}.jsonl`,
    protocols: rowProtocols({ canvas, source: ({ prompt }) => prompt, target: ({ answer }) => answer }),
    id: (_row, index) => `${name}/${index}`,
    score: (question, response, context) => {
      const row = { prompt: askedSource(question), answer: question.answers[0] ?? '' };
      return scoreTexts(question, response, context, (text) => values(row, text));
    },
  };
}
