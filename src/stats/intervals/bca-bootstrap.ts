import type { Estimate } from '../../core/estimate.ts';
import type { RandomStream } from '../../core/numbers/random.ts';
import { normalDistribution } from '../distributions/normal-distribution.ts';
import { normalQuantile } from '../distributions/normal-quantile.ts';
import { sortedQuantile } from '../sorted-quantile.ts';
import { mean } from '../sum.ts';
import { type BootstrapOptions, type ClusterSum, resampled } from './bootstrap-means.ts';

/**
 * Mean with its BCa interval: percentile bootstrap, its quantiles moved for bias and skewness (bias-corrected, accelerated).
 *
 * The bias correction counts resampled means below the mean, ties as half; the acceleration is a sixth of the skewness of the
 * leave-one-out means (one item, or one cluster). Where all values are equal the interval is that value.
 *
 * @throws RangeError on no values, a value that is not finite, or a layout that does not fit
 * @source Efron 1987, "Better bootstrap confidence intervals"; Efron and Tibshirani 1993, equations 14.9, 14.10, 14.14, 14.15
 */
export function bcaBootstrap(
  random: RandomStream,
  values: readonly number[],
  options: BootstrapOptions = {},
): Estimate {
  const { sums, means, facts, over } = resampled('bcaBootstrap', random, values, options);
  const bias = normalQuantile(shareBelow(means, facts.value));
  const skew = acceleration(sums);
  const end = (p: number) => {
    const z = bias + normalQuantile(p);
    return sortedQuantile(means, normalDistribution(bias + z / (1 - skew * z)));
  };
  const [low, high] = [end((1 - facts.confidence) / 2), end((1 + facts.confidence) / 2)];
  return { ...facts, low, high, method: `mean, BCa bootstrap${over}` };
}

/** Strictly between 0 and 1, for its normal quantile must be finite. */
function shareBelow(means: Float64Array, value: number): number {
  let below = 0;
  for (const each of means) below += each < value ? 1 : each === value ? 0.5 : 0;
  return Math.min(Math.max(below, 0.5), means.length - 0.5) / means.length;
}

/** Σ d³ / (6 (Σ d²)^1.5) over d = mean of the leave-one-out means − each of them. */
function acceleration(clusters: readonly ClusterSum[]): number {
  if (clusters.length < 2) return 0;
  const sum = clusters.reduce((total, each) => total + each.sum, 0);
  const count = clusters.reduce((total, each) => total + each.count, 0);
  const without = clusters.map((each) => (sum - each.sum) / (count - each.count));
  const center = mean(without);
  const squares = without.reduce((total, each) => total + (center - each) ** 2, 0);
  const cubes = without.reduce((total, each) => total + (center - each) ** 3, 0);
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}
