/**
 * The value of an arithmetic expression that a model wrote: a recursive-descent parser over exact fractions. Nothing of
 * the text is ever run as a program.
 */
import { add, divide, multiply, parseDecimal, type Rational, rational, subtract } from '../core/numbers/rational.ts';

/** Longer expressions are refused: no calculation step has such a length, and the work stays small. */
const LONGEST = 1_000;
/** Brackets and signs inside each other; more are refused, so that the parser's recursion stays shallow. */
const DEEPEST = 100;

/**
 * Value of `+ - * /`, brackets, signs and decimals (`2*(3.5+.5)/-4`) with the usual precedence; blanks are skipped.
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

function sum(parser: Parser): Rational | null {
  let value = product(parser);
  for (let sign = accept(parser, '+-'); sign !== null; sign = accept(parser, '+-')) {
    const next = product(parser);
    if (value === null || next === null) return null;
    value = sign === '+' ? add(value, next) : subtract(value, next);
  }
  return value;
}

function product(parser: Parser): Rational | null {
  let value = factor(parser);
  for (let sign = accept(parser, '*/'); sign !== null; sign = accept(parser, '*/')) {
    const next = factor(parser);
    if (value === null || next === null) return null;
    value = sign === '*' ? multiply(value, next) : divide(value, next);
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
