import type { Estimate } from '../../core/estimate.ts';
import { boundedInterval } from './bounded-interval.ts';
import type { ClusterLayout } from './cluster-layout.ts';
import { clusteredMeanInterval } from './clustered-mean-interval.ts';
import type { EstimateOptions } from './interval-options.ts';

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
