import type { Estimate } from '../../core/estimate.ts';
import { stream } from '../../core/numbers/random.ts';
import { bcaBootstrap, percentileBootstrap } from '../intervals/bootstrap.ts';
import { isBinary, tangoInterval } from '../intervals/tango-interval.ts';
import type { ValuePair } from '../paired-values.ts';
import { boundedDifference } from './bounded-interval.ts';
import type { ClusterLayout } from './cluster-layout.ts';
import { clusteredMeanInterval, type EstimateOptions } from './estimate-items.ts';

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
  const { confidence, unscored } = options;
  if (layout.count === layout.n && isBinary(pairs)) return tangoInterval(pairs, confidence, unscored);
  return ofDifferences(pairs, (differences) =>
    isBounded ? boundedDifference(layout, differences, options) : clusteredMeanInterval(layout, differences, options),
  );
}

/** `auto`: see `pairedEstimate`. */
export const PAIRED_INTERVALS = ['auto', 't', 'percentile', 'bca'] as const;
export type PairedIntervalName = (typeof PAIRED_INTERVALS)[number];

/**
 * Mean of `value − reference` with the interval asked for. Resamples are drawn from a stream of fixed name: the same values
 * always give the same interval.
 *
 * @throws RangeError on no pairs, pairs that do not fit the layout or the bounds, or a confidence outside 0..1
 */
export function pairedInterval(
  layout: ClusterLayout,
  pairs: readonly ValuePair[],
  { interval, ...options }: EstimateOptions & { readonly interval: PairedIntervalName },
): Estimate {
  if (interval === 'auto') return pairedEstimate(layout, pairs, options);
  return ofDifferences(pairs, (differences) => intervalOf(interval, layout, differences, options));
}

function ofDifferences(pairs: readonly ValuePair[], meanOf: (differences: readonly number[]) => Estimate): Estimate {
  const estimate = meanOf(pairs.map(({ value, reference }) => value - reference));
  return { ...estimate, method: estimate.method.replace('mean', 'paired difference') };
}

function intervalOf(
  interval: Exclude<PairedIntervalName, 'auto'>,
  layout: ClusterLayout,
  differences: readonly number[],
  { isBounded: _, ...options }: EstimateOptions,
): Estimate {
  switch (interval) {
    case 't':
      return clusteredMeanInterval(layout, differences, options);
    case 'percentile':
      return percentileBootstrap(resamples(), differences, { ...options, layout });
    case 'bca':
      return bcaBootstrap(resamples(), differences, { ...options, layout });
    default:
      return interval satisfies never;
  }
}

const resamples = () => stream(0, 'resampled differences');
