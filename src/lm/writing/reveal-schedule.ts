/**
 * How many positions stay masked after each step: of the published confidence sampler, and by exact division. The published code multiplies in
 * float32, and so does this: double arithmetic gives one less for (90, T = 10, t = 7), and float32 itself is one below the
 * exact floor for (180, T = 20, t = 13).
 *
 * @source `generate_samples` of the trainer of HKUNLP/DiffuLLaMA at c17e897
 */
import type { Tokens } from '../../core/units.ts';

/**
 * trunc(maskable · (t / T)), both operations in float32.
 *
 * @param maskable positions that were maskable at the start
 * @param t        step, T − 1 down to 1
 * @param steps    T
 */
export function officialMaskedCount(maskable: Tokens, t: number, steps: number): Tokens {
  return Math.trunc(Math.fround(maskable * Math.fround(t / steps)));
}

/** ⌊maskable · t / T⌋, exact. Arguments as for `officialMaskedCount`, t from T − 1 down to 0. */
export function exactMaskedCount(maskable: Tokens, t: number, steps: number): Tokens {
  const product = maskable * t;
  return (product - (product % steps)) / steps;
}
