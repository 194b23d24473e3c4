import type { Estimate } from '../../core/estimate.ts';
import type { Fraction } from '../../core/units.ts';
import { studentTQuantile } from '../distributions/student-t-quantile.ts';
import { standardError } from '../standard-error.ts';
import { mean } from '../sum.ts';

/**
 * Mean of independent items with its Student-t interval: mean ± t_{(1 + confidence)/2, n − 1} · s / √n.
 *
 * Exact for normal values, approximate (and good from some tens of items on) for others. One value says nothing about
 * its own spread: its interval is the widest that JSON can carry, ± Number.MAX_VALUE, see `isUnbounded`.
 *
 * @param unscored items that were left out because they could not be scored; carried along, never averaged
 * @throws RangeError on no values, or on a confidence outside 0..1
 * @source Student 1908, "The probable error of a mean"
 */
export function meanInterval(values: readonly number[], confidence: Fraction = 0.95, unscored = 0): Estimate {
  const n = values.length;
  if (n === 0) throw new RangeError('meanInterval: needs at least one value, got none');
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`meanInterval: needs 0 < confidence < 1, got ${confidence}`);
  }
  const value = mean(values);
  if (n === 1) {
    const widest = Number.MAX_VALUE;
    return { value, low: -widest, high: widest, confidence, stderr: widest, n, unscored, method: 'mean, unbounded' };
  }
  const stderr = standardError(values);
  const reach = studentTQuantile((1 + confidence) / 2, n - 1) * stderr;
  return { value, low: value - reach, high: value + reach, confidence, stderr, n, unscored, method: 'mean, Student t' };
}

/** The estimate rests on one value, so that its interval is the whole line; print it as unknown. */
export function isUnbounded(estimate: Estimate): boolean {
  return estimate.high === Number.MAX_VALUE && estimate.low === -Number.MAX_VALUE;
}
