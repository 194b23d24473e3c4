import { discordant, isBinary } from '../intervals/tango-interval.ts';
import type { ValuePair } from '../paired-values.ts';
import { detectableBinaryDifference, type PowerOptions } from '../tests/detectable-difference.ts';
import type { ClusterLayout } from './cluster-layout.ts';
import { clusteredDetectable } from './clustered-detectable.ts';

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
