import type { Estimate } from '../../core/estimate.ts';
import type { Fraction } from '../../core/units.ts';
import { studentTQuantile } from '../distributions/student-t-quantile.ts';
import { wilsonInterval } from '../intervals/wilson-interval.ts';
import { type ClusterLayout, clusterMean, clustersOf, effectiveItems } from './cluster-layout.ts';
import { wilsonEnds } from './wilson-ends.ts';

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
