/**
 * The transformer that SEDD, MDLM and BD3-LM share (DiT): rotary positions, LayerNorm without bias, and a condition, made of
 * the noise of the input, that shifts, scales and gates every layer (adaLN). Linears are stored output-by-input.
 *
 * Not here: which noise the net is told, what its outputs mean, who attends to what.
 *
 * @source Peebles and Xie 2022 (arXiv 2212.09748); `model/transformer.py` of louaaron/Score-Entropy-Discrete-Diffusion at 0605786,
 *   `models/dit.py` of kuleshov-group/mdlm at c112c52, `models/hf/modeling_bd3lm.py` of kuleshov-group/bd3lms at 1c3e8f4
 */
import { geluTanh, layerNorm, linear, silu, vocabularyLogits } from '../tensor/layers.ts';
import type { HostTensor, Ops, TensorSpec } from '../tensor/ops.ts';
import type {
  Architecture,
  HeadShape,
  LaidOut,
  LogitsOptions,
  NetInput,
  NoiseLevels,
  TensorNames,
  Weight,
} from './architecture.ts';
import { requireMultiple } from './config/config-rules.ts';
import { type Angle, rotaryFeeds, rotaryInputs, rotate } from './rotary.ts';

export interface DitArchitecture extends Architecture {
  readonly heads: number;
  /** Width of the condition. */
  readonly conditionWidth: number;
}

/** The noise of each sequence as `features` waves, `[D, 256]`, and the sequence of each token, `[N]`. */
export type DitInput = Angle | 'noise' | 'owners';

const LAYER_NORM_EPSILON = 1e-5;
const ROPE_BASE = 10_000;
/** Waves in which the noise is told: half of them cosines, half sines. */
const FEATURES = 256;
const LONGEST_PERIOD = 10_000;
/** D: matrix kernels may treat one row apart from several, so a single noise is doubled. No token is of the second. */
const LEAST_NOISES = 2;
/** Inner width of an MLP, in widths. */
const WIDENING = 4;

export const DIT_NAMES: Omit<TensorNames, 'prefix'> = {
  embedding: 'vocab_embed.embedding',
  head: 'output_layer.linear.weight',
  pattern: /^blocks\.\d+\.adaLN_modulation\./,
  buffer: /^(rotary_emb\.inv_freq|block_diff_mask|sampling_eps_(min|max))$/,
};

type DitSizes = Pick<DitArchitecture, 'layers' | 'width' | 'heads' | 'conditionWidth' | 'contextLength'>;

/** What sizes come to in a configuration. @throws HarnessError 'bad-checkpoint' where the heads do not fit */
export function ditConfiguration(sizes: DitSizes, file: string) {
  requireMultiple(file, 'the width', sizes.width, 'the number of heads', sizes.heads);
  requireMultiple(file, 'the width of a head', sizes.width / sizes.heads, 'the two halves that rotate', 2);
  return { ...sizes, innerWidth: WIDENING * sizes.width, tieWordEmbeddings: false };
}

function ditHeads({ heads, width }: Pick<DitArchitecture, 'heads' | 'width'>): HeadShape {
  return { heads, keyValueHeads: heads, headWidth: width / heads };
}

const ditInputs = (net: DitArchitecture): Readonly<Record<DitInput, TensorSpec>> => ({
  ...rotaryInputs(ditHeads(net).headWidth),
  noise: { dtype: 'float32', dims: ['D', FEATURES] },
  owners: { dtype: 'int32', dims: ['N'] },
});

/** @param sigmas total noise that each sequence is told of, `[B]` */
export const ditFeeds = (
  net: DitArchitecture,
  { positions }: LaidOut,
  { owners }: Pick<NoiseLevels, 'owners'>,
  sigmas: Float32Array,
): Readonly<Record<DitInput, HostTensor>> => ({
  ...rotaryFeeds(positions, ditHeads(net).headWidth, ROPE_BASE),
  ...noiseFeed(sigmas),
  owners: { dims: [owners.length], data: owners },
});

function noiseFeed(sigmas: Float32Array): { readonly noise: HostTensor } {
  const D = Math.max(LEAST_NOISES, sigmas.length);
  const filled = Float32Array.from({ length: D }, (_, i) => sigmas[i < sigmas.length ? i : 0] as number);
  return { noise: { dims: [D, FEATURES], data: noiseFeatures(filled) } };
}

/** Cosines of σ at falling frequencies, then sines: `[D] → [D, 256]`, in float32 as published. */
export function noiseFeatures(sigmas: Float32Array): Float32Array {
  const half = FEATURES / 2;
  const features = new Float32Array(sigmas.length * FEATURES);
  sigmas.forEach((sigma, b) => {
    for (let i = 0; i < half; i++) {
      const angle = Math.fround(sigma * Math.fround(LONGEST_PERIOD ** (-i / half)));
      features[b * FEATURES + i] = Math.cos(angle);
      features[b * FEATURES + half + i] = Math.sin(angle);
    }
  });
  return features;
}

/** @param vocabularyRows of the bias of the output */
function ditBody(
  { layers, width, innerWidth, conditionWidth }: Omit<DitArchitecture, 'vocabularyRows' | 'tiedHead'>,
  vocabularyRows: number,
): readonly Weight[] {
  const weight = (name: string, to: number, from: number, role: Weight['role'] = 'linear'): Weight => {
    return { name: `${name}.weight`, shape: [to, from], role };
  };
  const dense = (name: string, to: number, from: number, role?: Weight['role']): Weight[] => {
    return [weight(name, to, from, role), { name: `${name}.bias`, shape: [to], role: 'bias' }];
  };
  const gain = (name: string): Weight => ({ name: `${name}.weight`, shape: [width], role: 'gain' });
  const block = (h: string): Weight[] => [
    ...dense(`${h}.adaLN_modulation`, 6 * width, conditionWidth),
    gain(`${h}.norm1`),
    weight(`${h}.attn_qkv`, 3 * width, width),
    weight(`${h}.attn_out`, width, width, 'residual'),
    gain(`${h}.norm2`),
    ...dense(`${h}.mlp.0`, innerWidth, width),
    ...dense(`${h}.mlp.2`, width, innerWidth, 'residual'),
  ];
  return [
    ...dense('sigma_map.mlp.0', conditionWidth, FEATURES),
    ...dense('sigma_map.mlp.2', conditionWidth, conditionWidth),
    ...Array.from({ length: layers }, (_, layer) => block(`blocks.${layer}`)).flat(),
    ...dense('output_layer.adaLN_modulation', 2 * width, conditionWidth),
    gain('output_layer.norm_final'),
    { name: 'output_layer.linear.bias', shape: [vocabularyRows], role: 'bias' },
  ];
}

/** Outputs of the read rows, `[R, V]`, the mask's among them. */
function ditLogits<T>(
  ops: Ops<T>,
  net: DitArchitecture,
  inputs: Readonly<Record<NetInput | DitInput, T>>,
  { attend, temperature, logitBias }: LogitsOptions<T>,
): T {
  const { width, heads, layers } = net;
  const condition = conditionOf(ops, inputs.noise); // [D, E]
  const part = (x: T, i: number): T => ops.slice(x, i * width, (i + 1) * width);
  const rotated = (x: T): T => ops.mergeLast(rotate(ops, ops.splitLast(x, heads), inputs, width / heads));
  const slotted = (x: T): T => ops.gather(x, inputs.slots); // [N, C] → [B, L, C]
  const read = (x: T): T => ops.gather(x, inputs.rows); // [N, …] → [R, …]

  let x = ops.gather(ops.weight('vocab_embed.embedding'), inputs.ids); // [N, C]
  let owned: T = x;
  for (let layer = 0; layer < layers; layer++) {
    const h = `blocks.${layer}`;
    const modulation = dense(ops, condition, `${h}.adaLN_modulation`); // [D, 6C]
    owned = ops.gather(modulation, inputs.owners); // [N, 6C]: shift, scale and gate of the attention, then of the MLP
    const normed = modulate(ops, norm(ops, x, `${h}.norm1`, width), part(owned, 0), part(owned, 1));
    const qkv = linear(ops, normed, ops.weight(`${h}.attn_qkv.weight`), null, true); // [N, 3C]
    const [q, k, v] = [rotated(part(qkv, 0)), rotated(part(qkv, 1)), part(qkv, 2)] as const;
    let mixed = ops.gather(ops.flatten(attend(layer, slotted(q), slotted(k), slotted(v))), inputs.homes); // [N, C]
    if (layer === layers - 1) {
      // Nothing after the last attention mixes positions: from here on only read rows matter.
      [mixed, x, owned] = [read(mixed), read(x), read(owned)];
    }
    const attended = linear(ops, mixed, ops.weight(`${h}.attn_out.weight`), null, true);
    x = ops.add(x, ops.mul(part(owned, 2), attended));
    const second = modulate(ops, norm(ops, x, `${h}.norm2`, width), part(owned, 3), part(owned, 4));
    const inner = geluTanh(ops, dense(ops, second, `${h}.mlp.0`));
    x = ops.add(x, ops.mul(part(owned, 5), dense(ops, inner, `${h}.mlp.2`)));
  }
  const last = read(ops.gather(dense(ops, condition, 'output_layer.adaLN_modulation'), inputs.owners)); // [R, 2C]
  const final = modulate(ops, norm(ops, x, 'output_layer.norm_final', width), part(last, 0), part(last, 1));
  return withBias(ops, final, temperature, logitBias); // [R, V]
}

/** The output matrix has a bias of its own, which the temperature divides too. */
function withBias<T>(ops: Ops<T>, x: T, temperature: T | null, logitBias: T | null): T {
  const head = ops.weight('output_layer.linear.weight');
  const plain = vocabularyLogits(ops, x, head, null, ops.weight('output_layer.linear.bias'));
  const cooled = temperature === null ? plain : ops.div(plain, temperature);
  return logitBias === null ? cooled : ops.add(cooled, logitBias);
}

/** SiLU stands inside the embedder, and once more behind it: `[D, 256] → [D, E]`. */
function conditionOf<T>(ops: Ops<T>, noise: T): T {
  return silu(ops, dense(ops, silu(ops, dense(ops, noise, 'sigma_map.mlp.0')), 'sigma_map.mlp.2'));
}

function dense<T>(ops: Ops<T>, x: T, name: string): T {
  return linear(ops, x, ops.weight(`${name}.weight`), ops.weight(`${name}.bias`), true);
}

function norm<T>(ops: Ops<T>, x: T, name: string, width: number): T {
  const gain = ops.weight(`${name}.weight`); // [C]
  return layerNorm(ops, x, gain, ops.zerosLike(gain), width, LAYER_NORM_EPSILON);
}

/** x · (1 + scale) + shift. */
function modulate<T>(ops: Ops<T>, x: T, shift: T, scale: T): T {
  return ops.add(ops.mul(x, ops.add(ops.scalar(1), scale)), shift);
}

/** What the three kinds have in common. */
export const DIT = {
  causal: false,
  linears: 'out-in',
  published: { temperature: 1, confidenceTemperature: 1, cleansUp: true },
  tokenizer: 'GPT-2',
  body: ditBody,
  heads: ditHeads,
  inputs: ditInputs,
  logits: ditLogits,
} as const;
