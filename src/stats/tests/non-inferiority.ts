import type { Fraction } from '../../core/units.ts';
import { normalQuantile } from '../distributions/normal-quantile.ts';
import { meanInterval } from '../intervals/mean-interval.ts';
import { discordant, isBinary } from '../intervals/paired-difference.ts';
import { tangoBound } from '../intervals/tango-bound.ts';
import { type ItemValue, pairedValues } from '../paired-values.ts';

export interface NonInferiority {
  /** The bound is above −margin. */
  readonly nonInferior: boolean;
  /** Lower confidence bound of the paired difference, one-sided at 1 − alpha. */
  readonly bound: number;
  /** Largest loss that counts as none, in the units of the values. */
  readonly margin: number;
  /** Probability of the verdict where the true loss is the margin, at most (approximately). */
  readonly alpha: Fraction;
  readonly n: number;
}

export interface NonInferiorityOptions {
  readonly margin: number;
  readonly alpha?: Fraction;
}

/**
 * One-sided paired test of non-inferiority, higher values being better: `values` are non-inferior to `reference` when the
 * lower (1 − alpha) confidence bound of the mean paired difference lies above −margin.
 *
 * The bound is Tango's score bound where all values are 0 or 1, else Student's t bound of the differences. A small sample
 * cannot pass by showing no difference: for 0/1 values the bound without any is −z² / (n + z²), so that a margin of 0.01
 * at alpha 0.05 needs 268 items. Failing the test shows no inferiority, it only leaves it open.
 *
 * @throws RangeError on unpaired items, a margin that is not positive, or an alpha outside 0..0.5
 * @source Blackwelder 1982, "Proving the null hypothesis in clinical trials"; Tango 1998 for paired shares
 */
export function nonInferiority(
  values: readonly ItemValue[],
  reference: readonly ItemValue[],
  { margin, alpha = 0.05 }: NonInferiorityOptions,
): NonInferiority {
  if (!(margin > 0)) throw new RangeError(`nonInferiority: needs a margin above 0, got ${margin}`);
  if (!(alpha > 0 && alpha < 0.5)) throw new RangeError(`nonInferiority: needs 0 < alpha < 0.5, got ${alpha}`);
  const pairs = pairedValues(values, reference);
  const { gained, lost } = discordant(pairs);
  const bound = isBinary(pairs)
    ? tangoBound(gained, lost, pairs.length, 1 - alpha)
    : meanInterval(
        pairs.map((pair) => pair.value - pair.reference),
        1 - 2 * alpha,
      ).low;
  return { nonInferior: bound > -margin, bound, margin, alpha, n: pairs.length };
}

/** Fewest 0/1 items with which the test can pass, namely when none differs: z² (1 − margin) / margin, rounded up. */
export function leastItems(margin: Fraction, alpha: Fraction): number {
  const z = normalQuantile(1 - alpha);
  return Math.ceil((z * z * (1 - margin)) / margin);
}
