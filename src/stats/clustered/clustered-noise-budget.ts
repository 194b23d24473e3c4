import { type NoiseBudget, type NoiseInputs, noiseBudget } from '../noise-budget.ts';
import type { ClusterLayout } from './cluster-layout.ts';
import { clusterMean } from './cluster-mean.ts';

/**
 * `noiseBudget` with the error that other clusters would bring for that of other items:
 *
 *   item² = max(0, V − monteCarlo²),  V of `clusterMean`
 *
 * Draws are independent over items, and so stay what they are.
 *
 * @throws RangeError as `noiseBudget`, or on fewer than two clusters
 * @source see `noiseBudget` and `clusterMean`
 */
export function clusteredNoiseBudget(layout: ClusterLayout, inputs: NoiseInputs): NoiseBudget {
  if (layout.count < 2) throw new RangeError('clusteredNoiseBudget: needs at least two clusters, got one');
  const { monteCarlo, seed } = noiseBudget(inputs);
  const ofDraws = monteCarlo ** 2;
  const ofItems = Math.max(0, clusterMean(layout, inputs.values).variance - ofDraws);
  const ofSeeds = seed === null ? null : seed ** 2;
  const whole = ofItems + ofDraws + (ofSeeds ?? 0);
  const share = (variance: number) => (whole === 0 ? 0 : variance / whole);
  const shares = { item: share(ofItems), monteCarlo: share(ofDraws), seed: ofSeeds === null ? null : share(ofSeeds) };
  return { item: Math.sqrt(ofItems), monteCarlo, seed, total: Math.sqrt(whole), shares };
}
