/**
 * GPT-2: learned positions, pre-LayerNorm blocks, tanh GELU. Linears are stored input-by-output. Not here: dropout (always
 * off), who attends to what (`attend.ts`).
 *
 * @source Radford et al. 2019; layout of Hugging Face's `GPT2Model`; huggingface/transformers v4.44.2,
 *   configuration_gpt2.py (names and defaults)
 */
import { z } from 'zod';
import { geluTanh, layerNorm, linear, vocabularyLogits } from '../tensor/layers.ts';
import type { Ops } from '../tensor/ops.ts';
import type { Architecture, ArchitectureKind, Configuration, LogitsOptions, NetInput, Weight } from './architecture.ts';
import { count, layerCount, positive, requireMultiple } from './config/config-rules.ts';

export interface Gpt2Architecture extends Architecture {
  readonly kind: 'gpt2';
  readonly heads: number;
  readonly layerNormEpsilon: number;
}

const configSchema = z.object({
  n_layer: layerCount,
  n_embd: count,
  n_head: count,
  n_positions: count,
  n_inner: count.nullish(),
  layer_norm_epsilon: positive.default(1e-5),
  tie_word_embeddings: z.boolean().default(true),
});
type Config = z.infer<typeof configSchema>;

export const gpt2: ArchitectureKind<Gpt2Architecture, never, Config> = {
  kind: 'gpt2',
  causal: true,
  names: {
    embedding: 'wte.weight',
    head: 'lm_head.weight',
    prefix: 'transformer.',
    pattern: /^h\.\d+\./,
    buffer: /^h\.\d+\.attn\.(bias|masked_bias)$/,
  },
  linears: 'in-out',
  published: { temperature: 0.95, confidenceTemperature: 0.98, cleansUp: true },
  configSchema,
  configFields: {
    aliases: {
      hidden_size: 'n_embd',
      max_position_embeddings: 'n_positions',
      num_attention_heads: 'n_head',
      num_hidden_layers: 'n_layer',
    },
    only: {
      // "gelu_pytorch_tanh" is the same function by another routine.
      activation_function: ['gelu_new', 'gelu_pytorch_tanh'],
      scale_attn_weights: [true],
      scale_attn_by_inverse_layer_idx: [false],
      add_cross_attention: [false],
    },
  },
  configuration,
  configJson: (net) => ({
    architectures: ['GPT2LMHeadModel'],
    model_type: 'gpt2',
    activation_function: 'gelu_new',
    layer_norm_epsilon: net.layerNormEpsilon,
    n_embd: net.width,
    n_head: net.heads,
    n_inner: net.innerWidth,
    n_layer: net.layers,
    n_positions: net.contextLength,
    tie_word_embeddings: net.tiedHead,
    vocab_size: net.vocabularyRows,
  }),
  body: ({ layers, width, innerWidth, contextLength }) => [
    { name: 'wpe.weight', shape: [contextLength, width], role: 'table' },
    ...Array.from({ length: layers }, (_, layer) => block(`h.${layer}`, width, innerWidth)).flat(),
    ...norm('ln_f', width),
  ],
  heads: ({ heads, width }) => ({ heads, keyValueHeads: heads, headWidth: width / heads }),
  inputs: () => ({}),
  feeds: () => ({}),
  logits,
};

function configuration(config: Config, file: string): Configuration<Gpt2Architecture> {
  requireMultiple(file, 'n_embd', config.n_embd, 'n_head', config.n_head);
  return {
    kind: 'gpt2',
    layers: config.n_layer,
    width: config.n_embd,
    heads: config.n_head,
    innerWidth: config.n_inner ?? 4 * config.n_embd,
    contextLength: config.n_positions,
    layerNormEpsilon: config.layer_norm_epsilon,
    tieWordEmbeddings: config.tie_word_embeddings,
  };
}

const block = (h: string, width: number, innerWidth: number): readonly Weight[] => [
  ...norm(`${h}.ln_1`, width),
  ...dense(`${h}.attn.c_attn`, width, 3 * width, 'linear'),
  ...dense(`${h}.attn.c_proj`, width, width, 'residual'),
  ...norm(`${h}.ln_2`, width),
  ...dense(`${h}.mlp.c_fc`, width, innerWidth, 'linear'),
  ...dense(`${h}.mlp.c_proj`, innerWidth, width, 'residual'),
];

const dense = (name: string, from: number, to: number, role: Weight['role']): readonly Weight[] => [
  { name: `${name}.weight`, shape: [from, to], role },
  { name: `${name}.bias`, shape: [to], role: 'bias' },
];

const norm = (name: string, width: number): readonly Weight[] => [
  { name: `${name}.weight`, shape: [width], role: 'gain' },
  { name: `${name}.bias`, shape: [width], role: 'bias' },
];

function logits<T>(
  ops: Ops<T>,
  net: Gpt2Architecture,
  inputs: Readonly<Record<NetInput, T>>,
  { attend, temperature, logitBias }: LogitsOptions<T>,
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
  const head = ops.weight(net.tiedHead ? 'wte.weight' : 'lm_head.weight'); // [V, C]
  return vocabularyLogits(ops, norm(x, 'ln_f'), head, temperature, logitBias); // [R, V]
}

/** What is chosen of a GPT-2 of one's own; the rest is as published. */
export interface Gpt2Shape {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** Tokens it reads: rows of the position table. */
  readonly context: number;
}

/** The GPT-2 of a shape, with an embedding of `rows` that is its head too. */
export const gpt2OfShape = ({ layers, width, heads, context }: Gpt2Shape, rows: number): Gpt2Architecture => ({
  kind: 'gpt2',
  layers,
  width,
  heads,
  innerWidth: 4 * width,
  contextLength: context,
  layerNormEpsilon: 1e-5,
  vocabularyRows: rows,
  tiedHead: true,
});
