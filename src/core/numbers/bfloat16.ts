/** What a number becomes in bfloat16, for scores that were published in it. Arithmetic is not here. */
import { narrow, widen } from './float-formats.ts';

/**
 * The bfloat16 value nearest to `x`, ties to the even one. `x` is rounded to float32 first, as PyTorch does.
 *
 * bfloat16 keeps 8 significant bits: between 2 and 4 its values lie 2^-6 apart, so equal scores are common.
 */
export function roundToBfloat16(x: number): number {
  const stored = narrow(Float32Array.of(x), 'BF16');
  const bits = new Uint32Array(1);
  widen(new Uint16Array(stored.buffer), 'BF16', bits, 0);
  return new Float32Array(bits.buffer)[0] as number;
}
