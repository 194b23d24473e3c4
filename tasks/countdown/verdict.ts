/** Is a written Countdown solution right? Two rules, both by exact arithmetic; no text of a model is ever run as a program. */
import { evaluate, isEqual, pythonStrip, rational } from '#harness';
import type { Problem } from './problem.ts';

/** `correct`, or the first thing that is wrong. */
export const STRICT_VERDICTS = [
  'correct',
  'malformed',
  'wrong-count',
  'unavailable-number',
  'wrong-arithmetic',
  'wrong-target',
] as const;
export type StrictVerdict = (typeof STRICT_VERDICTS)[number];

/** Whole numbers as Python writes them: `05` is none, so the published rule refuses it as well. */
const EQUATION = /^(0|[1-9]\d*)([+\-*/])(0|[1-9]\d*)=(0|[1-9]\d*)$/;
/** Digits of a number beyond which nothing is computed: no five numbers of two digits multiply as high. */
const MOST_DIGITS = 40;

/**
 * The strict rule: exactly n - 1 equations `a+b=c` of whole numbers, separated by commas; each operand is taken from the numbers
 * that are left, the result joins them; at the end the target alone is left. Blanks at the ends of the text do not count.
 */
export function strictVerdict({ numbers, target }: Problem, solution: string): StrictVerdict {
  const equations = pythonStrip(solution)
    .split(',')
    .map((text) => EQUATION.exec(text));
  if (equations.some((equation) => equation === null || equation[0].length > 4 * MOST_DIGITS)) return 'malformed';
  if (equations.length !== numbers.length - 1) return 'wrong-count';
  const left = numbers.map(BigInt);
  for (const equation of equations) {
    const [, a = '', sign = '', b = '', result = ''] = equation ?? [];
    if (!take(left, BigInt(a)) || !take(left, BigInt(b))) return 'unavailable-number';
    const value = evaluate(a + sign + b);
    if (value === null || !isEqual(value, rational(BigInt(result)))) return 'wrong-arithmetic';
    left.push(BigInt(result));
  }
  return left.length === 1 && left[0] === BigInt(target) ? 'correct' : 'wrong-target';
}

/**
 * The published rule: every part between commas is one equation that starts with `number sign number`, is true, and the text after
 * the last `=` is the target. Whether the numbers were given, and used once, is not asked: `95+1=96` passes for any problem with
 * target 96. Blanks at the ends of the text do not count.
 *
 * The published script runs the left side as a Python expression and compares floats; here both sides are exact. They differ
 * where a quotient does not end (`7/3=2.3333333333333335` is false here) and on Python's further operators, which are refused.
 *
 * @source HKUNLP/diffusion-vs-ar, the metric of the `cd` data sets
 */
export function isLenientlyCorrect({ target }: Problem, solution: string): boolean {
  const text = pythonStrip(solution);
  return text.slice(text.lastIndexOf('=') + 1) === String(target) && text.split(',').every(isTrueEquation);
}

/** Both rules as metrics of a task; the strict one is the headline. */
export const verdictValues = (problem: Problem, solution: string) => ({
  acc: Number(strictVerdict(problem, solution) === 'correct'),
  accLenient: Number(isLenientlyCorrect(problem, solution)),
});

function isTrueEquation(text: string): boolean {
  const [left, right, ...more] = text.split('=');
  if (left === undefined || right === undefined || more.length > 0) return false;
  if (!/^\d+[+\-*/]\d+/.test(left) || LEADING_ZERO.test(left) || !DECIMAL.test(pythonStrip(right))) return false;
  const [found, stated] = [evaluate(left), evaluate(right)];
  return found !== null && stated !== null && isEqual(found, stated);
}

/** What Python refuses as a whole number: `05`. */
const LEADING_ZERO = /(?<![\d.])0+[1-9]\d*(?![\d.])/;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)$/;

/** Removes one such number; false where there is none. */
function take(numbers: bigint[], wanted: bigint): boolean {
  const at = numbers.indexOf(wanted);
  if (at < 0) return false;
  numbers.splice(at, 1);
  return true;
}
