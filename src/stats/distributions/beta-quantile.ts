import { incompleteBeta, logGamma } from './special-functions.ts';

const MOST_STEPS = 200;
const CLOSE = 1e-13;

/**
 * Quantile of the Beta(a, b) distribution: the x with I_x(a, b) = p.
 *
 * Newton's method, kept inside a bracket that halves where a step leaves it. About 12 significant digits.
 *
 * @throws RangeError unless 0 < p < 1, a > 0 and b > 0
 * @source Abramowitz and Stegun 26.5.1 (distribution and density)
 * @example betaQuantile(0.95, 1, 13) // 1 − 0.05^(1/13) = 0.2058…
 */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`betaQuantile: needs 0 < p < 1, got ${p}`);
  if (!(a > 0 && b > 0)) throw new RangeError(`betaQuantile: needs a > 0 and b > 0, got ${a} and ${b}`);
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b);
  let [low, high, x] = [0, 1, a / (a + b)];
  for (let step = 0; step < MOST_STEPS; step++) {
    const beyond = incompleteBeta(a, b, x) - p;
    if (beyond > 0) high = x;
    else low = x;
    const density = Math.exp(logFront + (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x));
    const newton = x - beyond / density;
    const next = newton > low && newton < high ? newton : low + (high - low) / 2;
    if (Math.abs(next - x) <= CLOSE * x) return next;
    x = next;
  }
  return x;
}
