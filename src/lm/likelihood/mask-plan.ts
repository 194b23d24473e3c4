/**
 * Which answer tokens to mask in which forward pass. Masks are keyed by (seed, question, draw, offset in the answer), so
 * every alternative of a question and every model sees the same ones (common random numbers).
 */
import { type RandomStream, stream } from '../../core/numbers/random.ts';
import type { Fraction } from '../../core/units.ts';

export type MaskPlan =
  /** Every non-empty subset: `masks[i]` lists the offsets whose bits are set in i + 1. */
  | { readonly kind: 'exact'; readonly masks: readonly (readonly number[])[] }
  /** The full mask first, then pairs of draws, one pair a stratum of the number of masks. */
  | { readonly kind: 'sampled'; readonly masks: readonly (readonly number[])[] };

/** Fewest passes from which a sampled bound and its error can be had: the full mask and one pair. */
export const LEAST_PASSES = 3;

/** Fewest orders of a bracket: two in each half leave a replicate. */
export const LEAST_ORDERS = 4;

/** Whether all 2^L − 1 masks of an answer of L tokens fit the budget. */
export const isEnumerated = (length: number, passes: number): boolean => length < 31 && 2 ** length - 1 <= passes;

/**
 * Plans the passes for an answer of `length` tokens: all 2^L − 1 masks when that fits the budget (then the result is
 * exact), else the full mask and ⌊(passes − 1) / 2⌋ strata of k = 1 … L − 1 with two independent draws each.
 *
 * @param key names the question in the random streams
 */
export function planMasks(length: number, passes: number, seed: number, key: string): MaskPlan {
  if (isEnumerated(length, passes)) {
    const masks = Array.from({ length: 2 ** length - 1 }, (_, i) => offsetsOf(i + 1, length));
    return { kind: 'exact', masks };
  }
  if (passes < LEAST_PASSES) throw new RangeError(`planMasks: ${passes} passes; a sampled bound needs ${LEAST_PASSES}`);
  const strata = Math.floor((passes - 1) / 2);
  const masks: (readonly number[])[] = [Array.from({ length }, (_, i) => i)];
  for (let draw = 0; draw < 2 * strata; draw++) {
    const random = stream(seed, 'mask', key, draw);
    const level = (Math.floor(draw / 2) + random.uniform(0)) / strata; // uniform in its stratum of [0, 1)
    masks.push(maskAtLevel(length, level, random));
  }
  return { kind: 'sampled', masks };
}

/** A uniform level in [0, 1) gives a uniform number of masks, 1 … L − 1; `random` says which, by its counters from 1. */
export function maskAtLevel(length: number, level: Fraction, random: RandomStream): readonly number[] {
  const count = 1 + Math.min(length - 2, Math.floor(level * (length - 1)));
  return lowest(length, count, (offset) => random.uniform(offset + 1));
}

/** The `count` offsets with the lowest priorities, ascending. */
function lowest(length: number, count: number, priority: (offset: number) => number): number[] {
  const ranked = Array.from({ length }, (_, offset) => ({ offset, rank: priority(offset) }));
  ranked.sort((a, b) => a.rank - b.rank || a.offset - b.offset);
  return ranked
    .slice(0, count)
    .map(({ offset }) => offset)
    .sort((a, b) => a - b);
}

function offsetsOf(bits: number, length: number): number[] {
  return Array.from({ length }, (_, i) => i).filter((i) => (bits >> i) & 1);
}
