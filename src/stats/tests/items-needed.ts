import type { Fraction } from '../../core/units.ts';
import { type PowerOptions, quantiles } from './detectable-difference.ts';

/**
 * Items with which a paired test finds a mean difference with the given power: ((z_{1−α/sides} + z_power) · s / d)², rounded up.
 *
 * Read one-sided, with the margin for the difference, it is also the number with which non-inferiority is shown when the two
 * are equal.
 *
 * @param deviation standard deviation of the per-item differences
 * @throws RangeError on a difference that is not above 0, or shares outside 0..1
 * @source as `detectableDifference`; Julious 2004, "Sample sizes for clinical trials with normal data", for non-inferiority
 */
export function itemsNeeded(deviation: number, difference: number, options: PowerOptions = {}): number {
  if (!(difference > 0)) throw new RangeError(`itemsNeeded: needs a difference above 0, got ${difference}`);
  const { forAlpha, forPower } = quantiles(options);
  return Math.max(2, Math.ceil((((forAlpha + forPower) * deviation) / difference) ** 2));
}

/**
 * The same for paired 0/1 values: ((z_{1−α/sides} √ψ + z_power √(ψ − d²)) / d)², rounded up.
 *
 * @param discordance share ψ of pairs that differ; at least the difference itself
 * @throws RangeError on a difference outside 0..discordance
 * @source Connor 1987, see `detectableBinaryDifference`
 * @example itemsNeededBinary(0.2, 0.1) // 155
 */
export function itemsNeededBinary(discordance: Fraction, difference: Fraction, options: PowerOptions = {}): number {
  if (!(difference > 0 && difference <= discordance && discordance <= 1)) {
    throw new RangeError(
      `itemsNeededBinary: needs 0 < difference <= discordance <= 1, got ${difference} and ${discordance}`,
    );
  }
  const { forAlpha, forPower } = quantiles(options);
  const reach = forAlpha * Math.sqrt(discordance) + forPower * Math.sqrt(discordance - difference ** 2);
  return Math.ceil((reach / difference) ** 2);
}
