import type { RandomStream } from '../../core/numbers/random.ts';
import type { Fraction } from '../../core/units.ts';
import type { Alternative } from './mcnemar.ts';

/** Up to this many differences that are not zero, all 2^n signs are tried. */
export const MOST_ENUMERATED = 16;
/** Sums that differ by less than this share of the largest possible one are equal: they are the same sum in another order. */
const ROUNDING = 1e-12;
/** Random bits that are taken from one uniform number. */
const BITS = 32;

export interface SignFlipOptions {
  readonly alternative?: Alternative;
  /** Random sign patterns where there are too many to try all. */
  readonly draws?: number;
}

/**
 * Paired permutation test: if nothing changed, each difference is as likely to have the other sign. p is the share of sign
 * patterns whose sum is as extreme as the observed one (or more, in the direction of the alternative).
 *
 * Exact for differences whose distribution is symmetric around zero, whatever its shape; on differences −1, 0, 1 it is McNemar's
 * exact test.
 *
 * @returns `exact`: all patterns were tried; else p is (b + 1)/(m + 1) over m random ones, which no seed can make 0
 * @param random used only where not all patterns can be tried
 * @throws RangeError on no differences, one that is not finite, or no draws
 * @source Fisher 1935, "The design of experiments", section 21; Phipson and Smyth 2010 for (b + 1)/(m + 1)
 * @example signFlipTest(random, [1, 2, 3]).p // 0.25: 2 of 8 patterns reach ±6
 */
export function signFlipTest(
  random: RandomStream,
  differences: readonly number[],
  { alternative = 'two-sided', draws = 9_999 }: SignFlipOptions = {},
): { readonly p: Fraction; readonly exact: boolean } {
  if (differences.length === 0) throw new RangeError('signFlipTest: needs at least one difference, got none');
  const strange = differences.find((each) => !Number.isFinite(each));
  if (strange !== undefined) throw new RangeError(`signFlipTest: needs finite differences, got ${strange}`);
  if (!(Number.isInteger(draws) && draws > 0)) throw new RangeError(`signFlipTest: needs draws, got ${draws}`);
  const sizes = Float64Array.from(differences.filter((each) => each !== 0));
  const observed = sizes.reduce((total, each) => total + each, 0);
  const slack = ROUNDING * sizes.reduce((total, each) => total + Math.abs(each), 0);
  const isExtreme = extremeness(alternative, observed, slack);
  if (sizes.length <= MOST_ENUMERATED) return { p: enumerated(sizes, isExtreme), exact: true };
  let extreme = 0;
  for (let draw = 0; draw < draws; draw++) if (isExtreme(flippedSum(random, sizes, draw))) extreme++;
  return { p: (extreme + 1) / (draws + 1), exact: false };
}

function extremeness(alternative: Alternative, observed: number, slack: number): (sum: number) => boolean {
  if (alternative === 'less') return (sum) => sum <= observed + slack;
  if (alternative === 'greater') return (sum) => sum >= observed - slack;
  return (sum) => Math.abs(sum) >= Math.abs(observed) - slack;
}

function enumerated(sizes: Float64Array, isExtreme: (sum: number) => boolean): number {
  const patterns = 2 ** sizes.length;
  let extreme = 0;
  for (let pattern = 0; pattern < patterns; pattern++) {
    let sum = 0;
    for (let i = 0; i < sizes.length; i++) sum += (pattern >>> i) & 1 ? -sizes[i]! : sizes[i]!;
    if (isExtreme(sum)) extreme++;
  }
  return extreme / patterns;
}

function flippedSum(random: RandomStream, sizes: Float64Array, draw: number): number {
  const words = Math.ceil(sizes.length / BITS);
  let sum = 0;
  for (let word = 0; word < words; word++) {
    let bits = Math.floor(random.uniform(draw * words + word) * 2 ** BITS);
    const end = Math.min(sizes.length, (word + 1) * BITS);
    for (let i = word * BITS; i < end; i++) {
      sum += bits & 1 ? -sizes[i]! : sizes[i]!;
      bits >>>= 1;
    }
  }
  return sum;
}
