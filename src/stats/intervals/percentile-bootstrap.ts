import type { Estimate } from '../../core/estimate.ts';
import type { RandomStream } from '../../core/numbers/random.ts';
import { clustersOf, independent } from '../clustered/cluster-layout.ts';
import { sortedQuantile } from '../sorted-quantile.ts';
import { standardError } from '../standard-error.ts';
import { mean } from '../sum.ts';
import { bootstrapMeans } from './bootstrap-means.ts';
import { type BootstrapOptions, resolveBootstrap } from './bootstrap-options.ts';
import { clusterSums } from './cluster-sums.ts';

/**
 * Mean with its percentile bootstrap interval: the (1 ± confidence)/2 quantiles of the means of resamples. Items of one
 * cluster are resampled together. `stderr` is the standard deviation of the resampled means.
 *
 * Too short for few values: from n of them it is narrower than Student's by about √((n − 1)/n), and it ignores skewness; see
 * `bcaBootstrap`.
 *
 * @throws RangeError on no values, a value that is not finite, or a layout that does not fit
 * @source Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 13
 */
export function percentileBootstrap(
  random: RandomStream,
  values: readonly number[],
  options: BootstrapOptions = {},
): Estimate {
  const { confidence, draws, layout, unscored } = resolveBootstrap('percentileBootstrap', options);
  const sums = clusterSums(layout ?? independent(values.length), values);
  const means = bootstrapMeans(random, sums, draws);
  return {
    value: mean(values),
    low: sortedQuantile(means, (1 - confidence) / 2),
    high: sortedQuantile(means, (1 + confidence) / 2),
    confidence,
    stderr: standardError([...means]) * Math.sqrt(draws),
    n: values.length,
    ...(layout === null ? {} : clustersOf(layout)),
    unscored,
    method: sums.length === values.length ? 'mean, percentile bootstrap' : 'mean, percentile bootstrap over clusters',
  };
}
