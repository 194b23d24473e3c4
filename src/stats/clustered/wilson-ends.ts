import type { Fraction } from '../../core/units.ts';

/** What the ends of an interval follow from. */
export interface WilsonInputs {
  readonly mean: Fraction;
  /** Variance of the mean, as measured. */
  readonly variance: number;
  /** Independent items. */
  readonly items: number;
  /** Quantile of the normal or Student's t distribution. */
  readonly quantile: number;
}

/**
 * Wilson's score interval for a mean of values in 0..1 whose variance V is measured. With z the quantile and π = z² / (n + z²):
 *
 *   (1 − π) mean + π/2 ± √( (π/2)² + (1 − π)² z² V )
 *
 * once with n = mean (1 − mean) / V, which is Wilson's interval of as many 0/1 values as have that variance, and once with the
 * independent items that there are, if they are fewer. The wider end of both is taken. The second holds the means that would
 * follow if a share π of items were 0, or 1, and none of them was seen, so that equal values give no point. Neither leaves 0..1,
 * and for shares of independent items both are Wilson's interval.
 *
 * @source Wilson 1927; Korn and Graubard 1998, "Confidence intervals for proportions with small expected number of positive
 *         counts estimated from survey data"; Dean and Pagano 2015 for Wilson's form on an effective sample size
 */
export function wilsonEnds(inputs: WilsonInputs): readonly [low: number, high: number] {
  const { mean, variance, items } = inputs;
  const worth = variance === 0 ? items : (mean * (1 - mean)) / variance;
  const [a, b] = [endsOf(inputs, worth), endsOf(inputs, Math.min(items, worth))];
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

function endsOf({ mean, variance, quantile }: WilsonInputs, items: number): readonly [low: number, high: number] {
  const square = quantile * quantile;
  const unseen = square / (items + square);
  const center = (1 - unseen) * mean + unseen / 2;
  const reach = Math.hypot(unseen / 2, (1 - unseen) * quantile * Math.sqrt(variance));
  // At 0 and 1 the end is exact; the formula would leave a rounding error there.
  return [Math.max(0, Math.min(mean, center - reach)), Math.min(1, Math.max(mean, center + reach))];
}
