import type { Fraction } from '../../core/units.ts';

/**
 * Fewest independent items with which non-inferiority can be shown, namely where none is lost: ln alpha / ln (1 − margin).
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
