import type { RandomStream } from '../../core/numbers/random.ts';
import type { ClusterSum } from './cluster-sums.ts';

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
