/**
 * Small Countdown: reach the target from given numbers, each used once. One token a number and a sign, so that a model of a
 * million parameters can learn it: `13 , 14 , 2 , 1 :` (the target last) is answered by `14 - 2 = 12 , 13 - 12 = 1`.
 */
import { z } from 'zod';
import { parseProblem } from '../countdown/problem.ts';
import { strictVerdict } from '../countdown/verdict.ts';
import { type GeneratedProblem, type Numbers, problemGenerator, wholeNumber } from './generator.ts';

const APPLY = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
};
type Sign = keyof typeof APPLY;
const SIGNS = Object.keys(APPLY) as [Sign, ...Sign[]];

export const countdown = problemGenerator({
  name: 'countdown-mini',
  about: 'Countdown with few, small numbers',
  version: 1,
  words: [...SIGNS, '=', ',', ':'],
  schema: z.strictObject({
    /** How many numbers are given. */
    numbers: wholeNumber(2, 6).default(3),
    largest: wholeNumber(2, 999).default(20),
    operators: z.array(z.enum(SIGNS)).min(1).default(['+', '-']),
    leastTarget: wholeNumber(1, 999).default(1),
    /** Bounds every intermediate result too. */
    mostTarget: wholeNumber(1, 999).default(60),
  }),
  propose(random, { numbers: count, largest, operators, leastTarget, mostTarget }) {
    const given = Array.from({ length: count }, () => random.between(1, largest));
    return derive(random, given, operators, { least: leastTarget, most: mostTarget });
  },
  isCorrect({ prompt }, written) {
    const problem = parseProblem(withoutBlanks(prompt.replace(':', '')));
    return problem !== null && strictVerdict(problem, withoutBlanks(written)) === 'correct';
  },
});

/** Random equations over all numbers; null where one leaves the whole numbers from 1 to the largest target. */
function derive(
  random: Numbers,
  given: readonly number[],
  operators: readonly Sign[],
  target: { readonly least: number; readonly most: number },
): GeneratedProblem | null {
  const left = [...given];
  const equations: string[] = [];
  while (left.length > 1) {
    const a = take(random, left);
    const b = take(random, left);
    const sign = random.pick(operators);
    const result = APPLY[sign](a, b);
    if (!Number.isInteger(result) || result < 1 || result > target.most) return null;
    equations.push(`${a} ${sign} ${b} = ${result}`);
    left.push(result);
  }
  const [reached = 0] = left;
  if (reached < target.least) return null;
  const sorted = given.toSorted((a, b) => a - b);
  return {
    prompt: `${[...given, reached].join(' , ')} :`,
    answer: equations.join(' , '),
    key: `${sorted.join()}>${reached}`,
  };
}

function take(random: Numbers, left: number[]): number {
  const [taken = 0] = left.splice(random.between(0, left.length - 1), 1);
  return taken;
}

export const withoutBlanks = (text: string): string => text.replaceAll(' ', '');
