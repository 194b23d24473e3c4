import type { RandomStream } from '../../core/numbers/random.ts';
import type { Fraction } from '../../core/units.ts';
import { type ClusterLayout, clustersOf, clusterTotals, independent } from '../clustered/cluster-layout.ts';
import { mean, standardError } from '../sum.ts';

export interface BootstrapOptions {
  readonly confidence?: Fraction;
  /** Resamples. Their own noise in an end of a 95 % interval is about 2 % of its half width at 10,000. */
  readonly draws?: number;
  /** Which values belong together; null = none. */
  readonly layout?: ClusterLayout | null;
  /** Items that were left out because they could not be scored; carried along. */
  readonly unscored?: number;
}

/** @throws RangeError on a confidence outside 0..1 or fewer than 100 draws */
export function resolveBootstrap(name: string, options: BootstrapOptions): Required<BootstrapOptions> {
  const { confidence = 0.95, draws = 10_000, layout = null, unscored = 0 } = options;
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`${name}: needs 0 < confidence < 1, got ${confidence}`);
  }
  if (!(Number.isInteger(draws) && draws >= 100))
    throw new RangeError(`${name}: needs 100 draws or more, got ${draws}`);
  return { confidence, draws, layout, unscored };
}

/** A cluster's values, added up and counted. */
export interface ClusterSum {
  readonly sum: number;
  readonly count: number;
}

/**
 * Sum and count of the values of each cluster, in the order of first appearance [layout.count].
 *
 * @throws RangeError on values that are not finite or do not fit the layout
 */
export function clusterSums(layout: ClusterLayout, values: readonly number[]): readonly ClusterSum[] {
  return Array.from(clusterTotals(layout, values), (sum, g) => ({ sum, count: layout.sizes[g]! }));
}

/**
 * Means of resamples with replacement, ascending: each draws as many clusters as there are, whole. With clusters of
 * several values the mean of a resample is its sum by its count (a ratio), as the mean of the sample is.
 *
 * Cost: one random number a cluster and draw.
 *
 * @source Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 6; Davison and Hinkley 1997, section 3.8, for clusters
 */
export function bootstrapMeans(random: RandomStream, clusters: readonly ClusterSum[], draws: number): Float64Array {
  const n = clusters.length;
  const means = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < n; i++) {
      const picked = clusters[Math.floor(random.uniform(draw * n + i) * n)]!;
      sum += picked.sum;
      count += picked.count;
    }
    means[draw] = sum / count;
  }
  return means.sort();
}

/** What an interval is read from: the means of resamples, and all of the estimate but its ends. @throws RangeError as all of the above */
export function resampled(name: string, random: RandomStream, values: readonly number[], options: BootstrapOptions) {
  const { confidence, draws, layout, unscored } = resolveBootstrap(name, options);
  const sums = clusterSums(layout ?? independent(values.length), values);
  const means = bootstrapMeans(random, sums, draws);
  const stderr = standardError([...means]) * Math.sqrt(draws);
  const clusters = layout === null ? {} : clustersOf(layout);
  const facts = { value: mean(values), confidence, stderr, n: values.length, ...clusters, unscored };
  return { sums, means, facts, over: sums.length === values.length ? '' : ' over clusters' };
}
