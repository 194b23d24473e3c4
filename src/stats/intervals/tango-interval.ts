import type { Estimate } from '../../core/estimate.ts';
import type { Fraction } from '../../core/units.ts';
import { normalQuantile } from '../distributions/normal-quantile.ts';
import type { ValuePair } from '../paired-values.ts';
import { mean, standardError } from '../sum.ts';

/**
 * Mean of the differences `value − reference` of 0/1 values of independent items, with Tango's score interval.
 *
 * @param unscored items that were left out because they could not be scored; carried along, never averaged
 * @throws RangeError on no pairs, or a confidence outside 0..1
 * @source see `tangoBound`
 */
export function tangoInterval(pairs: readonly ValuePair[], confidence: Fraction = 0.95, unscored = 0): Estimate {
  if (pairs.length === 0) throw new RangeError('tangoInterval: needs at least one pair, got none');
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`tangoInterval: needs 0 < confidence < 1, got ${confidence}`);
  }
  const differences = pairs.map((pair) => pair.value - pair.reference);
  const n = pairs.length;
  const { gained, lost } = discordant(pairs);
  const level = (1 + confidence) / 2;
  return {
    value: mean(differences),
    low: tangoBound(gained, lost, n, level),
    high: -tangoBound(lost, gained, n, level),
    confidence,
    stderr: n === 1 ? 0 : standardError(differences),
    n,
    unscored,
    method: 'paired difference, Tango',
  };
}

/** Every value is 0 or 1. */
export const isBinary = (pairs: readonly ValuePair[]): boolean =>
  pairs.every(({ value, reference }) => (value === 0 || value === 1) && (reference === 0 || reference === 1));

/** How many pairs went up, and how many down. */
export function discordant(pairs: readonly ValuePair[]): { readonly gained: number; readonly lost: number } {
  let [gained, lost] = [0, 0];
  for (const { value, reference } of pairs) {
    if (value > reference) gained++;
    else if (value < reference) lost++;
  }
  return { gained, lost };
}

/**
 * Lower confidence bound of the difference of two paired shares, by Tango's score method: the smallest δ whose score
 * statistic
 *
 *   (gained − lost − n δ) / √( n (2 q̂ + δ (1 − δ)) )
 *
 * does not exceed z, where q̂ is the maximum-likelihood probability of a loss under a difference of δ. The upper bound is
 * −tangoBound(lost, gained, …).
 *
 * The paired counterpart of Wilson's interval: it keeps a sensible width where few pairs or none differ, and where a t
 * interval would be a point. With no difference in n pairs the bound is −z² / (n + z²).
 *
 * @param gained pairs with 1 now and 0 under the reference
 * @param lost   pairs with 0 now and 1 under the reference
 * @param n      all pairs
 * @param level  one-sided confidence, such as 0.95; half of a two-sided 95 % interval has 0.975
 * @throws RangeError on no pairs, on counts that do not fit, or on a level outside 0.5..1
 * @source Tango 1998, "Equivalence test and confidence interval for the difference in proportions for the paired-sample
 *         design", Statistics in Medicine 17, equations for δ̂ and the score statistic; without continuity correction
 * @example tangoBound(1, 7, 21, 0.975) // −0.517232…
 */
export function tangoBound(gained: number, lost: number, n: number, level: Fraction): number {
  const isCount = [gained, lost, n].every((count) => Number.isInteger(count) && count >= 0);
  if (!isCount || n < 1) throw new RangeError(`tangoBound: needs at least one pair, got ${n}`);
  if (gained + lost > n) throw new RangeError(`tangoBound: needs at most ${n} pairs that differ, got ${gained + lost}`);
  if (!(level > 0.5 && level < 1)) throw new RangeError(`tangoBound: needs 0.5 < level < 1, got ${level}`);
  if (lost === n) return -1;
  const z = normalQuantile(level);
  // The statistic falls from +∞ to 0 between these two.
  let low = -1;
  let high = (gained - lost) / n;
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    if (scoreStatistic(middle, gained, lost, n) > z) low = middle;
    else high = middle;
  }
}

function scoreStatistic(delta: number, gained: number, lost: number, n: number): number {
  const b = (2 * n - gained + lost) * delta - gained - lost;
  const c = -lost * delta * (1 - delta);
  const root = Math.sqrt(Math.max(0, b * b - 8 * n * c));
  // Both are the larger root of 2n q² + b q + c; the first loses digits where b > 0.
  const q = b > 0 ? (-2 * c) / (b + root) : (root - b) / (4 * n);
  return (gained - lost - n * delta) / Math.sqrt(n * (2 * q + delta * (1 - delta)));
}
