/** Exact fractions of whole numbers of any size, for verdicts on arithmetic that rounding must not decide. */
export interface Rational {
  readonly numerator: bigint;
  /** Positive; shares no factor with the numerator. */
  readonly denominator: bigint;
}

/** @throws RangeError on a zero denominator */
export function rational(numerator: bigint, denominator = 1n): Rational {
  if (denominator === 0n) throw new RangeError('rational: the denominator is zero');
  const sign = denominator < 0n ? -1n : 1n;
  const factor = sign * greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / factor, denominator: denominator / factor };
}

export function add(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

export function subtract(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.denominator - b.numerator * a.denominator, a.denominator * b.denominator);
}

export function multiply(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** null where `b` is zero. */
export function divide(a: Rational, b: Rational): Rational | null {
  return b.numerator === 0n ? null : rational(a.numerator * b.denominator, a.denominator * b.numerator);
}

export function isEqual(a: Rational, b: Rational): boolean {
  return a.numerator === b.numerator && a.denominator === b.denominator;
}

/** |a − b| ≤ reach */
export function isWithin(a: Rational, b: Rational, reach: Rational): boolean {
  const { numerator, denominator } = subtract(a, b);
  const distance = numerator < 0n ? -numerator : numerator;
  return distance * reach.denominator <= reach.numerator * denominator;
}

/** Digits with at most one point among or at either end of them, with or without a sign: `40`, `40.`, `-.5`; else null. */
export function parseDecimal(text: string): Rational | null {
  const [, sign, whole = '', fraction = ''] = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  if (sign === undefined || whole + fraction === '') return null;
  const magnitude = rational(BigInt(whole + fraction), 10n ** BigInt(fraction.length));
  return sign === '-' ? { ...magnitude, numerator: -magnitude.numerator } : magnitude;
}

/** Positive, for arguments that are not both zero. */
function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
