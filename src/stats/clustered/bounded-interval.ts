import type { Estimate } from '../../core/estimate.ts';
import type { Fraction } from '../../core/units.ts';
import { studentTQuantile } from '../distributions/student-t-quantile.ts';
import { wilsonInterval } from '../intervals/wilson-interval.ts';
import { type ClusterLayout, clusterMean, clustersOf, effectiveItems } from './cluster-layout.ts';

export interface BoundedOptions {
  /** Least and largest value that an item can have. */
  readonly range?: readonly [low: number, high: number];
  readonly confidence?: Fraction;
  /** Items that were left out because they could not be scored; carried along. */
  readonly unscored?: number;
}

/** How far sums of fractions may leave the range. */
const ROUNDING = 1e-9;

/**
 * Mean of values between two bounds, with an interval that never leaves them: Wilson's for 0/1 values of independent items,
 * else `wilsonEnds` with the variance and degrees of freedom of `clusterMean`. One cluster says nothing of others: its interval
 * is the whole range, and its standard error the largest that a value in the range can have. Cost O(n).
 *
 * @throws RangeError on values outside the range or that do not fit the layout, or on a confidence outside 0..1
 * @source see `wilsonEnds`, `clusterMean`, `effectiveItems`
 */
export function boundedInterval(
  layout: ClusterLayout,
  values: ArrayLike<number>,
  { range: [low, high] = [0, 1], confidence = 0.95, unscored = 0 }: BoundedOptions = {},
): Estimate {
  const kind = kindOf(values, low, high);
  const { n, count } = layout;
  const mean = clusterMean(layout, values);
  if (count === n && kind === 'binary') return wilsonInterval(mean.totals.reduce(plus, 0), n, confidence, unscored);
  const facts = { value: mean.value, confidence, n, ...clustersOf(layout), unscored };
  if (count < 2) return { ...facts, low, high, stderr: (high - low) / 2, method: 'mean, one cluster' };
  const width = high - low;
  const ends = wilsonEnds({
    mean: Math.min(1, Math.max(0, (mean.value - low) / width)),
    variance: mean.variance / (width * width),
    items: effectiveItems(layout, mean, [low, high]),
    quantile: studentTQuantile((1 + confidence) / 2, mean.degrees),
  });
  return {
    ...{ ...facts, low: low + width * ends[0], high: low + width * ends[1], stderr: Math.sqrt(mean.variance) },
    method: count === n ? 'mean, bounded' : `mean, Wilson over ${count} clusters`,
  };
}

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

const plus = (a: number, b: number): number => a + b;

function kindOf(values: ArrayLike<number>, low: number, high: number): 'binary' | 'graded' {
  let isBinary = low === 0 && high === 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= low - ROUNDING && value <= high + ROUNDING)) {
      throw new RangeError(`boundedInterval: needs values from ${low} to ${high}, got ${value}`);
    }
    isBinary &&= value === low || value === high;
  }
  return isBinary ? 'binary' : 'graded';
}

/** What the ends of an interval follow from. */
export interface WilsonInputs {
  readonly mean: Fraction;
  /** Variance of the mean, as measured. */
  readonly variance: number;
  /** Independent items. */
  readonly items: number;
  /** Quantile of the normal or Student's t distribution. */
  readonly quantile: number;
}

/**
 * Wilson's score interval for a mean of values in 0..1 whose variance V is measured. With z the quantile and π = z² / (n + z²):
 *
 *   (1 − π) mean + π/2 ± √( (π/2)² + (1 − π)² z² V )
 *
 * once with n = mean (1 − mean) / V, which is Wilson's interval of as many 0/1 values as have that variance, and once with the
 * independent items that there are, if they are fewer. The wider end of both is taken. The second holds the means that would
 * follow if a share π of items were 0, or 1, and none of them was seen, so that equal values give no point. Neither leaves 0..1,
 * and for shares of independent items both are Wilson's interval.
 *
 * @source Wilson 1927; Korn and Graubard 1998, "Confidence intervals for proportions with small expected number of positive
 *         counts estimated from survey data"; Dean and Pagano 2015 for Wilson's form on an effective sample size
 */
export function wilsonEnds(inputs: WilsonInputs): readonly [low: number, high: number] {
  const { mean, variance, items } = inputs;
  const worth = variance === 0 ? items : (mean * (1 - mean)) / variance;
  const [a, b] = [endsOf(inputs, worth), endsOf(inputs, Math.min(items, worth))];
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

function endsOf({ mean, variance, quantile }: WilsonInputs, items: number): readonly [low: number, high: number] {
  const square = quantile * quantile;
  const unseen = square / (items + square);
  const center = (1 - unseen) * mean + unseen / 2;
  const reach = Math.hypot(unseen / 2, (1 - unseen) * quantile * Math.sqrt(variance));
  // At 0 and 1 the end is exact; the formula would leave a rounding error there.
  return [Math.max(0, Math.min(mean, center - reach)), Math.min(1, Math.max(mean, center + reach))];
}
