import type { Fraction } from '../../core/units.ts';
import { incompleteBeta, logGamma } from '../distributions/special-functions.ts';

/** Which difference a test looks for: any, a fall (`less`) or a rise (`greater`). */
export type Alternative = 'two-sided' | 'less' | 'greater';

export interface McNemarOptions {
  readonly alternative?: Alternative;
  /**
   * Count the observed split half. Nearer to its nominal level, and so more powerful, but it may exceed it a little; the exact
   * test never does.
   */
  readonly midP?: boolean;
}

/**
 * p-value of McNemar's exact test: pairs that differ go up or down with equal probability if the two shares are equal, so
 * `gained` is Binomial(gained + lost, 1/2). Two-sided is twice the smaller tail, at most 1. Pairs that agree say nothing.
 *
 * @param gained pairs with 1 now and 0 under the reference
 * @param lost   pairs with 0 now and 1 under the reference
 * @returns 1 where no pair differs
 * @throws RangeError on what is no count
 * @source McNemar 1947; exact form of Cochran 1950; mid-p: Lancaster 1961, Fagerland, Lydersen and Laake 2013
 * @example mcNemar(1, 7) // 0.0703125
 */
export function mcNemar(
  gained: number,
  lost: number,
  { alternative = 'two-sided', midP = false }: McNemarOptions = {},
): Fraction {
  if (![gained, lost].every((count) => Number.isInteger(count) && count >= 0)) {
    throw new RangeError(`mcNemar: needs counts of pairs, got ${gained} and ${lost}`);
  }
  const n = gained + lost;
  if (n === 0) return 1;
  const observed = midP ? halfBinomial(gained, n) / 2 : 0;
  const tail = (count: number) => atMost(count, n) - observed;
  if (alternative === 'less') return tail(gained);
  if (alternative === 'greater') return tail(lost);
  return Math.min(1, 2 * tail(Math.min(gained, lost)));
}

/** P(X ≤ count) for X ~ Binomial(n, 1/2) = I_{1/2}(n − count, count + 1). */
function atMost(count: number, n: number): number {
  return count >= n ? 1 : incompleteBeta(n - count, count + 1, 0.5);
}

/** P(X = count) for X ~ Binomial(n, 1/2). */
function halfBinomial(count: number, n: number): number {
  return Math.exp(logGamma(n + 1) - logGamma(count + 1) - logGamma(n - count + 1) - n * Math.LN2);
}
