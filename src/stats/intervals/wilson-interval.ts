import type { Estimate } from '../../core/estimate.ts';
import type { Fraction } from '../../core/units.ts';
import { normalQuantile } from '../distributions/normal-quantile.ts';

/**
 * Share of successes with its Wilson score interval: all p with |p̂ − p| ≤ z · √(p(1 − p)/n).
 *
 * Stays inside 0..1 and keeps a sensible width at 0 and n successes. The value is the plain share p̂, not the interval's
 * centre; `stderr` is the plug-in √(p̂(1 − p̂)/n), which is 0 at both ends where the interval is not.
 *
 * @param unscored items that were left out because they could not be scored; carried along, never counted
 * @throws RangeError on no trials, on successes outside 0..n, or on a confidence outside 0..1
 * @source Wilson 1927, "Probable inference, the law of succession, and statistical inference"; without continuity correction
 */
export function wilsonInterval(successes: number, n: number, confidence: Fraction = 0.95, unscored = 0): Estimate {
  if (!(Number.isInteger(n) && n >= 1)) throw new RangeError(`wilsonInterval: needs at least one trial, got ${n}`);
  if (!(Number.isInteger(successes) && successes >= 0 && successes <= n)) {
    throw new RangeError(`wilsonInterval: needs 0 to ${n} successes, got ${successes}`);
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`wilsonInterval: needs 0 < confidence < 1, got ${confidence}`);
  }
  const z = normalQuantile((1 + confidence) / 2);
  const value = successes / n;
  const stderr = Math.sqrt((value * (1 - value)) / n);
  const shrink = 1 + (z * z) / n;
  const center = (value + (z * z) / (2 * n)) / shrink;
  const reach = (z / shrink) * Math.sqrt((value * (1 - value)) / n + (z * z) / (4 * n * n));
  // At the ends the bound is 0 or 1 exactly; the formula would leave a rounding error there.
  const low = successes === 0 ? 0 : center - reach;
  const high = successes === n ? 1 : center + reach;
  return { value, low, high, confidence, stderr, n, unscored, method: 'mean, Wilson' };
}
