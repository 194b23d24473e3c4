/**
 * Rotary positions: each head's pairs (i, i + D/2) are turned by an angle that grows with the position.
 *
 * @source Su et al. 2021 (arXiv 2104.09864); half-split order of Hugging Face's `LlamaModel` and of flash-attention
 */
import type { HostTensor, Ops, TensorSpec } from '../tensor/ops.ts';
import type { ScaledFrequency } from './rotary-scaling.ts';

/** The angle of each token and frequency, `[N, D/2]`. */
export type Angle = 'cos' | 'sin';

export function rotaryInputs(headWidth: number): Readonly<Record<Angle, TensorSpec>> {
  const angle = { dtype: 'float32', dims: ['N', headWidth / 2] } as const;
  return { cos: angle, sin: angle };
}

/**
 * @param positions `[N]`
 * @param scaled    the frequency of a pair in place of the plain one
 */
export function rotaryFeeds(
  positions: HostTensor,
  headWidth: number,
  base: number,
  scaled?: ScaledFrequency,
): Readonly<Record<Angle, HostTensor>> {
  const frequencies = rotaryFrequencies(headWidth, base, scaled);
  const { cos, sin } = rotaryAngles(positions.data as Int32Array, frequencies);
  const dims = [cos.length / (headWidth / 2), headWidth / 2];
  return { cos: { dims, data: cos }, sin: { dims, data: sin } };
}

/** Rotates each head's pairs (i, i + D/2) by the token's angles: `[N, H, D] → [N, H, D]`. */
export function rotate<T>(ops: Ops<T>, x: T, inputs: Readonly<Record<Angle, T>>, headWidth: number): T {
  const half = headWidth / 2;
  const cos = ops.splitLast(inputs.cos, 1); // [N, 1, D/2]
  const sin = ops.splitLast(inputs.sin, 1);
  const first = ops.slice(x, 0, half); // [N, H, D/2]
  const second = ops.slice(x, half, headWidth);
  return ops.concat(
    ops.sub(ops.mul(first, cos), ops.mul(second, sin)),
    ops.add(ops.mul(second, cos), ops.mul(first, sin)),
  );
}

/** Radians a token that each pair turns, `[D/2]`: base^(−2i/D). The published code keeps them, and angles, in float32. */
export function rotaryFrequencies(
  headWidth: number,
  base: number,
  scaled: ScaledFrequency = (frequency) => frequency,
): Float32Array {
  const plain = Float32Array.from({ length: headWidth / 2 }, (_, i) => 1 / base ** ((2 * i) / headWidth));
  return plain.map(scaled);
}

/** Angle of each position and pair: position · frequency. @returns cos and sin, each `[N, D/2]` */
export function rotaryAngles(
  positions: Int32Array,
  frequencies: Float32Array,
): { cos: Float32Array; sin: Float32Array } {
  const half = frequencies.length;
  const cos = new Float32Array(positions.length * half);
  const sin = new Float32Array(positions.length * half);
  for (let n = 0; n < positions.length; n++) {
    for (let i = 0; i < half; i++) {
      const angle = Math.fround(positions[n]! * frequencies[i]!);
      cos[n * half + i] = Math.cos(angle);
      sin[n * half + i] = Math.sin(angle);
    }
  }
  return { cos, sin };
}
