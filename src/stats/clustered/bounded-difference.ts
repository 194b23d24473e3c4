import type { Estimate } from '../../core/estimate.ts';
import { type BoundedOptions, boundedInterval } from './bounded-interval.ts';
import type { ClusterLayout } from './cluster-layout.ts';

/**
 * Mean of paired differences of values in 0..1, with an interval inside −1..1. It is no point where all differences are equal.
 *
 * @param differences value − reference of each item
 * @throws RangeError as `boundedInterval`
 * @source see `wilsonEnds`, of (difference + 1) / 2
 */
export function boundedDifference(
  layout: ClusterLayout,
  differences: ArrayLike<number>,
  options: Omit<BoundedOptions, 'range'> = {},
): Estimate {
  const estimate = boundedInterval(layout, differences, { ...options, range: [-1, 1] });
  return { ...estimate, method: estimate.method.replace('mean', 'paired difference') };
}
