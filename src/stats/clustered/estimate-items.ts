import type { Estimate } from '../../core/estimate.ts';
import { studentTQuantile } from '../distributions/student-t-quantile.ts';
import { meanInterval } from '../intervals/mean-interval.ts';
import { boundedInterval } from './bounded-interval.ts';
import { type ClusterLayout, clustersOf } from './cluster-layout.ts';
import { clusterMean } from './cluster-mean.ts';
import type { BoundedOptions, EstimateOptions } from './interval-options.ts';

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
  const widest = Number.MAX_VALUE;
  if (count < 2) return { ...facts, low: -widest, high: widest, stderr: widest, method: 'mean, unbounded' };
  const stderr = Math.sqrt(variance);
  const reach = studentTQuantile((1 + confidence) / 2, degrees) * stderr;
  return {
    ...facts,
    low: value - reach,
    high: value + reach,
    stderr,
    method: `mean, Student t over ${count} clusters`,
  };
}
