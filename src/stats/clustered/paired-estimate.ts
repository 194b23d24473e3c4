import type { Estimate } from '../../core/estimate.ts';
import { isBinary, tangoInterval } from '../intervals/tango-interval.ts';
import type { ValuePair } from '../paired-values.ts';
import { boundedDifference } from './bounded-interval.ts';
import type { ClusterLayout } from './cluster-layout.ts';
import { clusteredMeanInterval } from './estimate-items.ts';
import type { EstimateOptions } from './interval-options.ts';

/**
 * Mean of `value − reference` with the interval that suits it: Tango's for 0/1 values of independent items, `boundedDifference`
 * for other values in 0..1, else `clusteredMeanInterval`. `method` names the choice.
 *
 * @throws RangeError on pairs that do not fit the layout or the bounds
 */
export function pairedEstimate(
  layout: ClusterLayout,
  pairs: readonly ValuePair[],
  { isBounded, ...options }: EstimateOptions,
): Estimate {
  if (layout.count === layout.n && isBinary(pairs)) {
    return tangoInterval(pairs, options.confidence, options.unscored);
  }
  const differences = pairs.map(({ value, reference }) => value - reference);
  if (isBounded) return boundedDifference(layout, differences, options);
  const estimate = clusteredMeanInterval(layout, differences, options);
  return { ...estimate, method: estimate.method.replace('mean', 'paired difference') };
}
