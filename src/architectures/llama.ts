/**
 * LLaMA: rotary positions, RMSNorm, SwiGLU, grouped-query attention. Linears are stored output-by-input. Not here: who
 * attends to what (`attend.ts`), scaled rotary variants, the head (`readout.ts`).
 *
 * @source Touvron et al. 2023 (arXiv 2302.13971, 2307.09288); layout and half-split rotary order of Hugging Face's `LlamaModel`
 */
import type { LlamaArchitecture } from '../checkpoints/checkpoint.ts';
import { linear, rmsNorm, silu } from '../tensor/layers.ts';
import type { Ops } from '../tensor/ops.ts';
import type { Attend } from './attend.ts';
import type { ReadNetInput } from './net-inputs.ts';

/** What LLaMA reads besides `NET_INPUTS`: the rotary angle of each token and frequency, `[N, D/2]`. */
export type LlamaInput = ReadNetInput | 'cos' | 'sin';

/** Final hidden states of the read rows, `[R, C]`, after the last RMSNorm. */
export function llama<T>(
  ops: Ops<T>,
  net: LlamaArchitecture,
  inputs: Readonly<Record<LlamaInput, T>>,
  attend: Attend<T>,
): T {
  const { width, heads, keyValueHeads, headWidth } = net;
  const norm = (x: T, name: string): T => rmsNorm(ops, x, ops.weight(`${name}.weight`), width, net.rmsNormEpsilon);
  const dense = (x: T, name: string): T => linear(ops, x, ops.weight(`${name}.weight`), null, true);
  const rotated = (x: T, count: number): T => ops.mergeLast(rotate(ops, ops.splitLast(x, count), inputs, headWidth));

  let x = ops.gather(ops.weight('embed_tokens.weight'), inputs.ids); // [N, C]
  for (let layer = 0; layer < net.layers; layer++) {
    const h = `layers.${layer}`;
    const normed = norm(x, `${h}.input_layernorm`);
    const q = rotated(dense(normed, `${h}.self_attn.q_proj`), heads); // [N, H·D]
    const k = rotated(dense(normed, `${h}.self_attn.k_proj`), keyValueHeads); // [N, G·D]
    const v = dense(normed, `${h}.self_attn.v_proj`); // [N, G·D]
    const slotted = (x: T): T => ops.gather(x, inputs.slots); // [B, L, …]
    const mixed = attend(layer, slotted(q), slotted(k), slotted(v)); // [B, L, H·D]
    let attended = ops.gather(ops.flatten(mixed), inputs.homes); // [N, H·D]
    if (layer === net.layers - 1) {
      // Nothing after the last attention mixes positions: from here on only read rows matter.
      attended = ops.gather(attended, inputs.rows); // [R, H·D]
      x = ops.gather(x, inputs.rows); // [R, C]
    }
    x = ops.add(x, dense(attended, `${h}.self_attn.o_proj`));
    const second = norm(x, `${h}.post_attention_layernorm`);
    const gated = ops.mul(silu(ops, dense(second, `${h}.mlp.gate_proj`)), dense(second, `${h}.mlp.up_proj`));
    x = ops.add(x, dense(gated, `${h}.mlp.down_proj`)); // [N, C]
  }
  return norm(x, 'norm'); // [R, C]
}

/** Rotates each head's pairs (i, i + D/2) by the token's angles: `[N, H, D] → [N, H, D]`. */
function rotate<T>(ops: Ops<T>, x: T, inputs: Readonly<Record<LlamaInput, T>>, headWidth: number): T {
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
