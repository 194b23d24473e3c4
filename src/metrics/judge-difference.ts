/** What a difference of two values says: the one judgement of comparisons and reports, and of gates what a bound may show. */
import type { Estimate } from '../core/estimate.ts';
import type { Family } from '../core/names.ts';
import type { Fraction } from '../core/units.ts';
import { mean } from '../stats/sum.ts';
import { directionOf, isBounded, metricSpec } from './metric-spec.ts';

export type DifferenceVerdict = 'better' | 'worse' | 'no difference shown' | 'cannot tell';

/** The sides of a difference, candidate − reference. */
export interface Sides {
  readonly metric: string;
  readonly reference: Family;
  readonly candidate: Family;
}

export interface JudgedDifference extends Sides {
  readonly difference: Pick<Estimate, 'value' | 'low' | 'high'>;
  /** Of no difference, corrected for all that are judged together. */
  readonly p: Fraction;
  readonly alpha: Fraction;
  /** Difference that matters, in the units of the metric. */
  readonly margin: number;
  /** Smallest true difference that would have been found with the power asked for; null where none can be named. */
  readonly detectable: number | null;
}

/**
 * `better`, `worse`: p is at most alpha, and the sides can show it (`canShow`). Otherwise `no difference shown` where a difference that
 * matters would have been found, or lies outside the interval; else `cannot tell`, as always where a bound stands against an exact value.
 */
export function judgeDifference(judged: JudgedDifference): DifferenceVerdict {
  const { metric, difference, p, alpha, margin, detectable } = judged;
  const shows = canShow(judged);
  if (p <= alpha && difference.value !== 0) {
    const verdict = difference.value * directionOf(metric) > 0 ? 'better' : 'worse';
    return shows[verdict] ? verdict : 'cannot tell';
  }
  if (mixesBound(judged)) return 'cannot tell';
  const isWithin = difference.low > -margin && difference.high < margin;
  return isWithin || (detectable !== null && detectable <= margin) ? 'no difference shown' : 'cannot tell';
}

/**
 * Which conclusions values can bear that are upper bounds on one side: a bound below an exact value shows that the quantity is below it,
 * a bound above it shows nothing. On both sides bounds are compared as what they are.
 */
export function canShow(sides: Sides): Readonly<Record<'better' | 'worse', boolean>> {
  if (!mixesBound(sides)) return { better: true, worse: true };
  const isLowShown = isBound(sides.metric, sides.candidate);
  const isLowBetter = directionOf(sides.metric) === -1;
  return { better: isLowShown === isLowBetter, worse: isLowShown !== isLowBetter };
}

/** One side is exact and the other an upper bound. */
export const mixesBound = ({ metric, reference, candidate }: Sides): boolean =>
  isBound(metric, reference) !== isBound(metric, candidate);

/** `goldNats` of a diffusion model is its bound, but under `paper` the published score, which shows no more. */
const isBound = (metric: string, family: Family): boolean =>
  metric === 'goldNats' ? family === 'diffusion' : metricSpec(metric, family)?.bound === 'upper';

/** A difference of shares that counts, in the units of any metric: of others it is that share of the mean size of the reference's values. */
export function marginFor(metric: string, reference: readonly number[], share: Fraction): number {
  if (isBounded(metric)) return share;
  return share * mean(reference.map(Math.abs));
}
