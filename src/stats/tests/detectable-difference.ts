import type { Fraction } from '../../core/units.ts';
import { normalQuantile } from '../distributions/normal-quantile.ts';

export interface PowerOptions {
  /** Chance of a false alarm, both sides together unless `sides` is 1. */
  readonly alpha?: Fraction;
  /** Chance to find the difference. */
  readonly power?: Fraction;
  readonly sides?: 1 | 2;
}

/**
 * Smallest mean difference that a paired test of n items finds with the given power: (z_{1−α/sides} + z_power) · s / √n.
 *
 * @param deviation standard deviation of the per-item differences
 * @throws RangeError on a deviation below 0, n below 1, or shares outside 0..1
 * @source normal approximation; Chow, Shao and Wang 2008, "Sample size calculations in clinical research", section 3.1
 */
export function detectableDifference(deviation: number, n: number, options: PowerOptions = {}): number {
  if (!(deviation >= 0)) throw new RangeError(`detectableDifference: needs a deviation of 0 or more, got ${deviation}`);
  if (!(n >= 1)) throw new RangeError(`detectableDifference: needs at least one item, got ${n}`);
  const { forAlpha, forPower } = quantiles(options);
  return ((forAlpha + forPower) * deviation) / Math.sqrt(n);
}

/**
 * The same for paired 0/1 values, from the share of pairs that differ, ψ: the d with
 *
 *   √n · d = z_{1−α/sides} √ψ + z_power √(ψ − d²)
 *
 * null where no d up to ψ is found with that power: there are too few pairs, or too few that differ.
 *
 * @param discordance share of pairs that differ, in either direction
 * @throws RangeError on a discordance outside 0..1, n below 1, or shares outside 0..1
 * @source Connor 1987, "Sample size for testing differences in proportions for the paired-sample design"; Lachin 1992
 */
export function detectableBinaryDifference(
  discordance: Fraction,
  n: number,
  options: PowerOptions = {},
): Fraction | null {
  if (!(discordance >= 0 && discordance <= 1)) {
    throw new RangeError(`detectableBinaryDifference: needs a discordance from 0 to 1, got ${discordance}`);
  }
  if (!(n >= 1)) throw new RangeError(`detectableBinaryDifference: needs at least one item, got ${n}`);
  const { forAlpha, forPower } = quantiles(options);
  const a = forAlpha * Math.sqrt(discordance);
  // n d² − 2 a √n d + a² = forPower² (ψ − d²), the larger root.
  const half = a * Math.sqrt(n);
  const square = n + forPower * forPower;
  const root = Math.sqrt(half * half - square * (a * a - forPower * forPower * discordance));
  const found = (half + root) / square;
  return found > 0 && found <= discordance ? found : null;
}

/** z_{1−α/sides} and z_power. @throws RangeError on shares outside 0..1 */
export function quantiles({ alpha = 0.05, power = 0.8, sides = 2 }: PowerOptions): {
  readonly forAlpha: number;
  readonly forPower: number;
} {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`power: needs 0 < alpha < 1, got ${alpha}`);
  if (!(power > 0.5 && power < 1)) throw new RangeError(`power: needs 0.5 < power < 1, got ${power}`);
  return { forAlpha: normalQuantile(1 - alpha / sides), forPower: normalQuantile(power) };
}
