import type { Estimate } from '../../core/estimate.ts';
import type { RandomStream } from '../../core/numbers/random.ts';
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
 * @throws RangeError on no values, a value that is not finite, or clusters that do not fit
 * @source Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 13
 */
export function percentileBootstrap(
  random: RandomStream,
  values: readonly number[],
  options: BootstrapOptions = {},
): Estimate {
  const { confidence, draws, clusters, unscored } = resolveBootstrap('percentileBootstrap', options);
  const means = bootstrapMeans(random, clusterSums(values, clusters), draws);
  return {
    value: mean(values),
    low: sortedQuantile(means, (1 - confidence) / 2),
    high: sortedQuantile(means, (1 + confidence) / 2),
    confidence,
    stderr: standardError([...means]) * Math.sqrt(draws),
    n: values.length,
    unscored,
    method: clusters === null ? 'mean, percentile bootstrap' : 'mean, percentile bootstrap over clusters',
  };
}
