import type { Estimate } from '../../core/estimate.ts';
import type { Fraction } from '../../core/units.ts';
import { studentTQuantile } from '../distributions/student-t-quantile.ts';
import { mean, standardError } from '../sum.ts';
import { type BoundedOptions, boundedInterval } from './bounded-interval.ts';
import { type ClusterLayout, clusterMean, clustersOf } from './cluster-layout.ts';

export interface EstimateOptions extends Omit<BoundedOptions, 'range'> {
  /** The metric is a share, a fraction or another value in 0..1. */
  readonly isBounded: boolean;
}

/**
 * Mean of one metric over items, with the interval that suits it: `boundedInterval` (Wilson's for 0/1 values of independent
 * items), or `clusteredMeanInterval` (Student's t). `method` names the choice.
 *
 * @throws RangeError on values that do not fit the layout or the bounds
 */
export function estimateItems(
  layout: ClusterLayout,
  values: readonly number[],
  { isBounded, ...options }: EstimateOptions,
): Estimate {
  return isBounded ? boundedInterval(layout, values, options) : clusteredMeanInterval(layout, values, options);
}

/**
 * Mean of unbounded values (nats, bits) with Student's t interval on the variance and degrees of freedom of `clusterMean`;
 * `meanInterval` where each item stands alone. One cluster gives the widest interval, see `isUnbounded`.
 *
 * @throws RangeError on values that do not fit the layout, or a confidence outside 0..1
 * @source see `clusterMean`
 */
export function clusteredMeanInterval(
  layout: ClusterLayout,
  values: readonly number[],
  { confidence = 0.95, unscored = 0 }: Omit<BoundedOptions, 'range'> = {},
): Estimate {
  const { n, count } = layout;
  if (count === n) return meanInterval(values, confidence, unscored);
  const { value, variance, degrees } = clusterMean(layout, values);
  const facts = { value, confidence, n, ...clustersOf(layout), unscored };
  if (count < 2) return { ...facts, ...UNBOUNDED };
  const stderr = Math.sqrt(variance);
  const reach = studentTQuantile((1 + confidence) / 2, degrees) * stderr;
  const method = `mean, Student t over ${count} clusters`;
  return { ...facts, low: value - reach, high: value + reach, stderr, method };
}

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
  if (n === 1) return { value, confidence, n, unscored, ...UNBOUNDED };
  const stderr = standardError(values);
  const reach = studentTQuantile((1 + confidence) / 2, n - 1) * stderr;
  return { value, low: value - reach, high: value + reach, confidence, stderr, n, unscored, method: 'mean, Student t' };
}

const UNBOUNDED = {
  ...{ low: -Number.MAX_VALUE, high: Number.MAX_VALUE, stderr: Number.MAX_VALUE },
  method: 'mean, unbounded',
} as const;

/** The estimate rests on one value, so that its interval is the whole line; print it as unknown. */
export function isUnbounded(estimate: Estimate): boolean {
  return estimate.high === Number.MAX_VALUE && estimate.low === -Number.MAX_VALUE;
}
