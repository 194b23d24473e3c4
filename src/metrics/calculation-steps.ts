/**
 * Calculations that stand in a text as `<<16-3-4=9>>`, the form of GSM8K (Cobbe et al. 2021, arXiv:2110.14168), and whether
 * they are right. Arithmetic is exact; commas inside numbers are dropped. All 4,282 steps of the published test answers are right.
 */
import {
  add,
  divide,
  isEqual,
  isWithin,
  multiply,
  parseDecimal,
  type Rational,
  rational,
  subtract,
} from '../core/numbers/rational.ts';
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

/** Longer expressions are refused: no calculation step has such a length, and the work stays small. */
const LONGEST = 1_000;
/** Brackets and signs inside each other; more are refused, so that the parser's recursion stays shallow. */
const DEEPEST = 100;

/**
 * Value of an expression that a model wrote, by recursive descent over exact fractions; nothing of the text is ever run as a program.
 * It has `+ - * /`, brackets, signs and decimals (`2*(3.5+.5)/-4`) with the usual precedence; blanks are skipped.
 *
 * @returns null where the text is no such expression, divides by zero, or is out of all proportion
 */
export function evaluate(expression: string): Rational | null {
  if (expression.length > LONGEST) return null;
  const tokens = tokenize(expression);
  if (tokens === null) return null;
  const parser: Parser = { tokens, at: 0, depth: 0 };
  const value = sum(parser);
  return parser.at === tokens.length ? value : null;
}

interface Parser {
  readonly tokens: readonly string[];
  at: number;
  depth: number;
}

/** Numbers, operators and brackets; null where anything else stands in the text. */
function tokenize(expression: string): readonly string[] | null {
  const tokens = expression.match(/\d+\.?\d*|\.\d+|[^\s\d.]|\./g) ?? [];
  return tokens.every((token) => /^([-+*/()]|\d+\.?\d*|\.\d+)$/.test(token)) ? tokens : null;
}

const sum = (parser: Parser): Rational | null => chain(parser, product, { '+': add, '-': subtract });
const product = (parser: Parser): Rational | null => chain(parser, factor, { '*': multiply, '/': divide });

/** What operators of one rank join, from left to right. */
function chain(
  parser: Parser,
  operand: (parser: Parser) => Rational | null,
  operations: Readonly<Record<string, (a: Rational, b: Rational) => Rational | null>>,
): Rational | null {
  const signs = Object.keys(operations).join('');
  let value = operand(parser);
  for (let sign = accept(parser, signs); sign !== null; sign = accept(parser, signs)) {
    const next = operand(parser);
    if (value === null || next === null) return null;
    value = operations[sign]?.(value, next) ?? null;
  }
  return value;
}

function factor(parser: Parser): Rational | null {
  const token = parser.tokens[parser.at];
  if (token === undefined || parser.depth === DEEPEST) return null;
  parser.at += 1;
  parser.depth += 1;
  const value = inner(token, parser);
  parser.depth -= 1;
  return value;
}

function inner(token: string, parser: Parser): Rational | null {
  if (token === '+') return factor(parser);
  if (token === '-') {
    const value = factor(parser);
    return value === null ? null : subtract(rational(0n), value);
  }
  if (token === '(') {
    const value = sum(parser);
    return accept(parser, ')') === null ? null : value;
  }
  return parseDecimal(token);
}

/** Steps over the next token where it is one of `wanted`; else null. */
function accept(parser: Parser, wanted: string): string | null {
  const token = parser.tokens[parser.at];
  if (token === undefined || !wanted.includes(token)) return null;
  parser.at += 1;
  return token;
}
