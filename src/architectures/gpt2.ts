/**
 * GPT-2: learned positions, pre-LayerNorm blocks, tanh GELU. Linears are stored input-by-output. Not here: dropout (always
 * off), who attends to what (`attend.ts`), the head (`readout.ts`).
 *
 * @source Radford et al. 2019; layout of Hugging Face's `GPT2Model`
 */
import type { Gpt2Architecture } from '../checkpoints/checkpoint.ts';
import { geluTanh, layerNorm, linear } from '../tensor/layers.ts';
import type { Ops } from '../tensor/ops.ts';
import type { Attend } from './attend.ts';
import type { ReadNetInput } from './net-inputs.ts';

/** Final hidden states of the read rows, `[R, C]`, after the last LayerNorm. */
export function gpt2<T>(
  ops: Ops<T>,
  net: Gpt2Architecture,
  inputs: Readonly<Record<ReadNetInput, T>>,
  attend: Attend<T>,
): T {
  const { width, layerNormEpsilon } = net;
  const norm = (x: T, name: string): T =>
    layerNorm(ops, x, ops.weight(`${name}.weight`), ops.weight(`${name}.bias`), width, layerNormEpsilon);
  const dense = (x: T, name: string): T =>
    linear(ops, x, ops.weight(`${name}.weight`), ops.weight(`${name}.bias`), false);

  let x = ops.add(
    ops.gather(ops.weight('wte.weight'), inputs.ids), // [N, C]
    ops.gather(ops.weight('wpe.weight'), inputs.positions), // [N, C]
  );
  for (let layer = 0; layer < net.layers; layer++) {
    const h = `h.${layer}`;
    const qkv = ops.gather(dense(norm(x, `${h}.ln_1`), `${h}.attn.c_attn`), inputs.slots); // [B, L, 3C]
    const mixed = attend(
      layer,
      ops.slice(qkv, 0, width), // [B, L, C]
      ops.slice(qkv, width, 2 * width),
      ops.slice(qkv, 2 * width, 3 * width),
    ); // [B, L, C]
    let attended = ops.gather(ops.flatten(mixed), inputs.homes); // [N, C]
    if (layer === net.layers - 1) {
      // Nothing after the last attention mixes positions: from here on only read rows matter.
      attended = ops.gather(attended, inputs.rows); // [R, C]
      x = ops.gather(x, inputs.rows);
    }
    x = ops.add(x, dense(attended, `${h}.attn.c_proj`));
    const inner = geluTanh(ops, dense(norm(x, `${h}.ln_2`), `${h}.mlp.c_fc`)); // [N, 4C]
    x = ops.add(x, dense(inner, `${h}.mlp.c_proj`)); // [N, C]
  }
  return norm(x, 'ln_f'); // [R, C]
}
