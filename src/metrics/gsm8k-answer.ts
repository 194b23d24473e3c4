/**
 * When an answer to a GSM8K problem counts as right. Both rules look at what follows the last `####`.
 *
 * @source evaluation scripts of HKUNLP/DiffuLLaMA at c17e897; GSM8K: Cobbe et al. 2021, arXiv:2110.14168
 */

import { divide, isEqual, parseDecimal, type Rational } from '../core/numbers/rational.ts';
import { pythonStrip } from '../core/text/python-text.ts';

export const ANSWER_MARK = '####';

/** Characters of a final answer beyond which it is not read as a number. */
const LONGEST = 1_000;

/** What follows the last `####`, without blanks at the ends, then without commas; of a text without the mark, all of it. */
export function finalAnswer(text: string): string {
  const from = text.lastIndexOf(ANSWER_MARK);
  const answer = from < 0 ? text : text.slice(from + ANSWER_MARK.length);
  return pythonStrip(answer).replaceAll(',', '');
}

/** The official rule: both final answers are the same text. `40.` is not `40`; 0 or 1, higher is better. */
export function isSameAnswer(prediction: string, label: string): boolean {
  return finalAnswer(prediction) === finalAnswer(label);
}

/**
 * As `isSameAnswer`, or both final answers are decimals or fractions of the same value, compared without rounding: `40.` is
 * `40` and `3/4` is `0.75`. Whatever the official rule accepts is accepted.
 */
export function isSameNumber(prediction: string, label: string): boolean {
  if (isSameAnswer(prediction, label)) return true;
  const [found, gold] = [answerValue(prediction), answerValue(label)];
  return found !== null && gold !== null && isEqual(found, gold);
}

/** The value of the final answer; null where it is neither a decimal nor a fraction of two. */
export function answerValue(text: string): Rational | null {
  const answer = finalAnswer(text);
  if (answer.length > LONGEST) return null;
  const [top = '', bottom, ...more] = answer.split('/');
  const numerator = parseDecimal(top);
  if (bottom === undefined || numerator === null) return numerator;
  const denominator = parseDecimal(bottom);
  return denominator === null || more.length > 0 ? null : divide(numerator, denominator);
}
