import { normalQuantile } from '../distributions/normal-quantile.ts';
import { studentTQuantile } from '../distributions/student-t-quantile.ts';
import { discordant, isBinary } from '../intervals/tango-interval.ts';
import type { ValuePair } from '../paired-values.ts';
import { detectableBinaryDifference, type PowerOptions } from '../tests/detectable-difference.ts';
import { type ClusterLayout, clusterMean, effectiveItems } from './cluster-layout.ts';

/**
 * Smallest true difference that these pairs would have shown with the power asked for: Connor's for 0/1 values of independent
 * items, else `clusteredDetectable`.
 *
 * @returns null where none can be named
 * @throws RangeError on pairs that do not fit the layout
 */
export function pairedDetectable(
  layout: ClusterLayout,
  pairs: readonly ValuePair[],
  isBounded: boolean,
  options: PowerOptions = {},
): number | null {
  const n = pairs.length;
  if (n < 2) return null;
  if (layout.count === n && isBinary(pairs)) {
    const { gained, lost } = discordant(pairs);
    return detectableBinaryDifference((gained + lost) / n, n, options);
  }
  const differences = pairs.map(({ value, reference }) => value - reference);
  return clusteredDetectable(layout, differences, isBounded, options);
}

/**
 * Smallest true mean difference that items in clusters would have shown with the power asked for, Q = t_{1−α/sides} + z_power:
 *
 *   √( Q² V + (Q² / n)² )      for values in 0..1, n the effective items; else Q √V
 *
 * The second term is the difference that items which all agree could still hide (see `clusteredTest`).
 *
 * @returns null where none can be named: one cluster, more than the values allow, or unbounded differences without any spread
 * @throws RangeError on shares outside 0..1
 * @source as `detectableDifference`; `wilsonEnds` for the second term
 */
export function clusteredDetectable(
  layout: ClusterLayout,
  differences: ArrayLike<number>,
  isBounded: boolean,
  { alpha = 0.05, power = 0.8, sides = 2 }: PowerOptions = {},
): number | null {
  if (layout.count < 2) return null;
  const mean = clusterMean(layout, differences);
  const quantile = studentTQuantile(1 - alpha / sides, mean.degrees) + normalQuantile(power);
  const spread = quantile * Math.sqrt(mean.variance);
  if (!isBounded) return spread > 0 ? spread : null;
  const found = Math.hypot(spread, quantile ** 2 / effectiveItems(layout, mean, [-1, 1]));
  return found <= 1 ? found : null;
}
