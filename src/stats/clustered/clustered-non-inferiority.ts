import type { Fraction } from '../../core/units.ts';
import { studentTQuantile } from '../distributions/student-t-quantile.ts';
import { type ClusterLayout, clusterMean } from './cluster-layout.ts';
import { type LossBound, lossBound } from './loss-bound.ts';

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
  /** Independent items that these are worth, see `lossBound`; n for values without bounds. */
  readonly items: number;
}

export interface ClusteredMargin {
  /** Largest loss that counts as none, in the units of the values. */
  readonly margin: number;
  readonly alpha: Fraction;
  /** The values are shares, fractions or other values in 0..1. */
  readonly isBounded: boolean;
}

/**
 * One-sided paired test of non-inferiority: shown where the mean loss that the items do not exclude is below the margin.
 *
 * For bounded values that is `lossBound`; for others Student's t bound on the variance and degrees of freedom of `clusterMean`.
 * Unbounded differences that are all equal exclude nothing, nor does one cluster: their bound is the largest number.
 *
 * @param gains value − reference of each item, turned so that higher is better
 * @throws RangeError on a margin that is not positive, or as `lossBound`
 * @source Blackwelder 1982, "Proving the null hypothesis in clinical trials"; see `lossBound`
 */
export function clusteredNonInferiority(
  layout: ClusterLayout,
  gains: ArrayLike<number>,
  { margin, alpha, isBounded }: ClusteredMargin,
): NonInferiority {
  if (!(margin > 0)) throw new RangeError(`clusteredNonInferiority: needs a margin above 0, got ${margin}`);
  const { loss, items } = isBounded ? lossBound(layout, gains, alpha) : unboundedLoss(layout, gains, alpha);
  return { nonInferior: loss < margin, bound: -loss, margin, alpha, n: layout.n, items };
}

function unboundedLoss(layout: ClusterLayout, gains: ArrayLike<number>, alpha: Fraction): LossBound {
  const { value, variance, degrees } = clusterMean(layout, gains);
  const isOpen = layout.count < 2 || variance === 0;
  const loss = isOpen ? Number.MAX_VALUE : studentTQuantile(1 - alpha, degrees) * Math.sqrt(variance) - value;
  return { loss, items: layout.n };
}

/**
 * Independent items with which non-inferiority is shown where none is gained or lost: ln alpha / ln (1 − margin). With gains, fewer may do.
 *
 * @throws RangeError on a margin or alpha outside 0..1
 * @example itemsWithoutLoss(0.02, 0.05) // 149
 */
export function itemsWithoutLoss(margin: Fraction, alpha: Fraction): number {
  if (![margin, alpha].every((share) => share > 0 && share < 1)) {
    throw new RangeError(`itemsWithoutLoss: needs a margin and an alpha in 0..1, got ${margin} and ${alpha}`);
  }
  return Math.ceil(Math.log(alpha) / Math.log1p(-margin));
}
