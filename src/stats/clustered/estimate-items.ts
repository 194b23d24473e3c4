import type { Estimate } from '../../core/estimate.ts';
import { type BoundedOptions, boundedInterval } from './bounded-interval.ts';
import type { ClusterLayout } from './cluster-layout.ts';
import { clusteredMeanInterval } from './clustered-mean-interval.ts';

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
