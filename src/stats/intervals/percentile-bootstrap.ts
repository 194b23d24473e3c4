import type { Estimate } from '../../core/estimate.ts';
import type { RandomStream } from '../../core/numbers/random.ts';
import { sortedQuantile } from '../sorted-quantile.ts';
import { type BootstrapOptions, resampled } from './bootstrap-means.ts';

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
  const { means, facts, over } = resampled('percentileBootstrap', random, values, options);
  const end = (p: number) => sortedQuantile(means, p);
  const [low, high] = [end((1 - facts.confidence) / 2), end((1 + facts.confidence) / 2)];
  return { ...facts, low, high, method: `mean, percentile bootstrap${over}` };
}
