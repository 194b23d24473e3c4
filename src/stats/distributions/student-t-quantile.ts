import { incompleteBeta } from './special-functions.ts';

/**
 * Quantile of Student's t distribution: the t with P(T ≤ t) = p at `degrees` degrees of freedom.
 *
 * Bisection on P(|T| > t) = I_{ν/(ν + t²)}(ν/2, 1/2), down to neighbouring doubles; degrees need not be whole.
 *
 * @throws RangeError unless 0 < p < 1 and degrees > 0
 * @source Abramowitz and Stegun 26.7.1 (distribution through the incomplete beta function)
 * @example studentTQuantile(0.975, 10) // 2.228138851986…
 */
export function studentTQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`studentTQuantile: needs 0 < p < 1, got ${p}`);
  if (!(degrees > 0)) throw new RangeError(`studentTQuantile: needs degrees > 0, got ${degrees}`);
  if (p === 0.5) return 0;
  if (p < 0.5) return -upperQuantile(2 * p, degrees);
  return upperQuantile(2 * (1 - p), degrees);
}

/** The t ≥ 0 with P(|T| > t) = tails. */
function upperQuantile(tails: number, degrees: number): number {
  const tailsBeyond = (t: number) => incompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t));
  let low = 0;
  let high = 1;
  while (tailsBeyond(high) > tails) {
    low = high;
    high *= 2;
  }
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    if (tailsBeyond(middle) > tails) low = middle;
    else high = middle;
  }
}
