/**
 * Rotary positions: each head's pairs (i, i + D/2) are turned by an angle that grows with the position.
 *
 * @source Su et al. 2021 (arXiv 2104.09864); half-split order of Hugging Face's `LlamaModel` and of flash-attention
 */
import type { HostTensor, Ops, TensorSpec } from '../tensor/ops.ts';

/** The angle of each token and frequency, `[N, D/2]`. */
export type Angle = 'cos' | 'sin';

export function rotaryInputs(headWidth: number): Readonly<Record<Angle, TensorSpec>> {
  const angle = { dtype: 'float32', dims: ['N', headWidth / 2] } as const;
  return { cos: angle, sin: angle };
}

/** @param positions `[N]` */
export function rotaryFeeds(
  positions: HostTensor,
  headWidth: number,
  base: number,
): Readonly<Record<Angle, HostTensor>> {
  const { cos, sin } = rotaryAngles(positions.data as Int32Array, headWidth, base);
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

/** Rotary angles of each position: angle = position · base^(−2i/D). @returns cos and sin, each `[N, D/2]` */
export function rotaryAngles(
  positions: Int32Array,
  headWidth: number,
  base: number,
): { cos: Float32Array; sin: Float32Array } {
  const half = headWidth / 2;
  const cos = new Float32Array(positions.length * half);
  const sin = new Float32Array(positions.length * half);
  for (let n = 0; n < positions.length; n++) {
    for (let i = 0; i < half; i++) {
      // The published code keeps frequencies and angles in float32.
      const frequency = Math.fround(1 / base ** ((2 * i) / headWidth));
      const angle = Math.fround(positions[n]! * frequency);
      cos[n * half + i] = Math.cos(angle);
      sin[n * half + i] = Math.sin(angle);
    }
  }
  return { cos, sin };
}
