/**
 * How many tokens a draw of a race masks. Few masked tokens give a noisy mean, so small numbers are drawn more often than large ones: the
 * share v of an answer that is masked has the density 1 + s − 2 s v on [0, 1). What a draw gives is divided by the chance of its number,
 * so that no value depends on s.
 *
 * @source Owen 2013, *Monte Carlo theory, methods and examples*, section 9.1 (importance sampling)
 */
import type { Fraction } from '../../../core/units.ts';

/** s: at 0.3 a mask of few tokens is nearly twice as likely as one of nearly all. */
const SKEW = 0.3;

/** P(share ≤ v). */
const below = (share: Fraction): Fraction => (1 + SKEW) * share - SKEW * share ** 2;

/** The share that a uniform level stands for: the inverse of `below`. */
export const shareAt = (level: Fraction): Fraction =>
  (1 + SKEW - Math.sqrt((1 + SKEW) ** 2 - 4 * SKEW * level)) / (2 * SKEW);

/** Chance that a draw masks `count` of `length` tokens, 1 … L − 1. */
export const chanceOf = (count: number, length: number): Fraction =>
  below(count / (length - 1)) - below((count - 1) / (length - 1));
