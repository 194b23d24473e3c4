/** The functions that the distributions of tests and intervals are made of. */

/** Lanczos coefficients for g = 7, n = 9 (Godfrey 2001, "A note on the computation of the convergent Lanczos series"). */
const LANCZOS = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 0.000009984369578019572, 1.5056327351493116e-7,
] as const;

/**
 * Natural logarithm of the gamma function for x > 0, by the Lanczos approximation; about 14 significant digits.
 *
 * @throws RangeError unless x > 0
 * @example logGamma(5) // ln 24 = 3.178…
 */
export function logGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`logGamma: needs x > 0, got ${x}`);
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  const base = z + 7.5;
  let series: number = LANCZOS[0];
  for (let i = 1; i < LANCZOS.length; i++) series += LANCZOS[i]! / (z + i);
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(base) - base + Math.log(series);
}

/** The fraction needs O(√max(a, b)) terms; this is enough for a, b up to about 10^8. */
const MAX_TERMS = 50_000;
const TINY = 1e-300;

/**
 * Regularised incomplete beta function I_x(a, b): the share of a Beta(a, b) distribution below x.
 *
 * The continued fraction, evaluated by the modified Lentz method on the side of the mean where it converges fast;
 * the other side through I_x(a, b) = 1 − I_{1−x}(b, a). Returns a value in 0..1.
 *
 * @throws RangeError unless a > 0, b > 0 and 0 ≤ x ≤ 1
 * @source Press et al., "Numerical Recipes", third edition, section 6.4; DLMF 8.17.22
 * @example incompleteBeta(2, 3, 0.4) // 0.5248
 */
export function incompleteBeta(a: number, b: number, x: number): number {
  if (!(a > 0 && b > 0)) throw new RangeError(`incompleteBeta: needs a > 0 and b > 0, got ${a} and ${b}`);
  if (!(x >= 0 && x <= 1)) throw new RangeError(`incompleteBeta: needs 0 <= x <= 1, got ${x}`);
  if (x === 0 || x === 1) return x;
  if (x > (a + 1) / (a + b + 2)) return 1 - lowerSide(b, a, 1 - x);
  return lowerSide(a, b, x);
}

function lowerSide(a: number, b: number, x: number): number {
  const front = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  return (Math.exp(front) * continuedFraction(a, b, x)) / a;
}

function continuedFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= MAX_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    value *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < Number.EPSILON) return value;
  }
  throw new RangeError(`incompleteBeta: no convergence for a = ${a}, b = ${b}, x = ${x}`);
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
