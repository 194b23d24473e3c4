/** GSM8K as lm-evaluation-harness asks and scores it (task `gsm8k`, version 3): five solved problems in front of each question. */
import { bothFamilies, type Question, type Template, type TextValues, type Writing, write } from '#harness';
import { example, prompt } from '../lm-eval.ts';
import { GREEDY } from '../writings.ts';
import { GSM8K_NATURAL_TRAIN, type Gsm8kRow, naturalSolution } from './rows.ts';

const STOPS = ['Question:', '</s>', '<|im_end|>'];
const WRITING: Writing = { ...GREEDY, length: 256, stops: STOPS, endsAtEos: true };

const asked = ({ question }: Gsm8kRow): string => `Question: ${question}\nAnswer:`;

export const gsm8kLmEval: Template<Gsm8kRow> = {
  question: (row): Question =>
    write(naturalSolution(row), bothFamilies(prompt(asked(row), naturalSolution(row))), WRITING),
  headline: { autoregressive: 'sum', diffusion: 'sum' },
  fewShot: {
    standard: 5,
    pool: GSM8K_NATURAL_TRAIN,
    leavesOutAsked: false,
    example: (row) => example(asked(row), naturalSolution(row)),
  },
};

/** The first number after a mark, and the last number anywhere. */
const STRICT = /#### (-?[0-9.,]+)/;
const FLEXIBLE = /-?[$0-9.,]{2,}|-?[0-9]+/g;
/** Taken out of what is compared, one after the other. */
const IGNORED = [/,/g, /\$/g, /.*#### /gs, /\.$/g];

/** `acc`: the harness's `strict-match`; `accFlexible`: its `flexible-extract`; `noAnswer`: no number after a mark. */
export function gsm8kLmEvalValues(text: string, solution: string): TextValues {
  const right = compared(solution);
  const strict = STRICT.exec(text)?.[1];
  const flexible = text.match(FLEXIBLE)?.at(-1);
  const isRight = (found: string | undefined) => Number(found !== undefined && compared(found) === right);
  return { acc: isRight(strict), accFlexible: isRight(flexible), noAnswer: Number(strict === undefined) };
}

const compared = (text: string): string => IGNORED.reduce((rest, each) => rest.replace(each, ''), text).toLowerCase();
