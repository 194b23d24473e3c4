/**
 * LLaMA: rotary positions, RMSNorm, SwiGLU, grouped-query attention. Linears are stored output-by-input. Not here: who
 * attends to what (`attend.ts`), scaled rotary variants.
 *
 * @source Touvron et al. 2023 (arXiv 2302.13971, 2307.09288); layout and half-split rotary order of Hugging Face's
 *   `LlamaModel`; huggingface/transformers v4.44.2, configuration_llama.py (names and defaults)
 */
import { z } from 'zod';
import { linear, rmsNorm, silu, vocabularyLogits } from '../tensor/layers.ts';
import type { Ops } from '../tensor/ops.ts';
import type {
  Architecture,
  ArchitectureKind,
  Configuration,
  LogitsOptions,
  NetInput,
  Sizes,
  Weight,
} from './architecture.ts';
import { count, layerCount, positive, requireMultiple, requireValues, unsupported } from './config-rules.ts';
import { type Angle, rotaryFeeds, rotaryInputs, rotate } from './rotary.ts';

export interface LlamaArchitecture extends Architecture {
  readonly kind: 'llama';
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly rmsNormEpsilon: number;
  readonly ropeBase: number;
}

const configSchema = z.object({
  num_hidden_layers: layerCount,
  hidden_size: count,
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  intermediate_size: count,
  max_position_embeddings: count,
  rms_norm_eps: positive.default(1e-6),
  rope_theta: positive.nullish(),
  rope_scaling: z.unknown().optional(),
  /** What newer releases write instead of the two above. */
  rope_parameters: z.looseObject({ rope_type: z.string().nullish(), rope_theta: positive.nullish() }).nullish(),
  hidden_act: z.string().default('silu'),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  tie_word_embeddings: z.boolean().default(false),
});
type Config = z.infer<typeof configSchema>;

export const llama: ArchitectureKind<LlamaArchitecture, Angle, Config> = {
  kind: 'llama',
  causal: true,
  names: {
    embedding: 'embed_tokens.weight',
    head: 'lm_head.weight',
    prefix: 'model.',
    pattern: /^layers\.\d+\./,
    buffer: /^(layers\.\d+\.self_attn\.)?rotary_emb\.inv_freq$/,
  },
  linears: 'out-in',
  published: { temperature: 0.9, confidenceTemperature: 1, cleansUp: false },
  configSchema,
  configuration,
  configJson: (net) => ({
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    attention_bias: false,
    head_dim: net.headWidth,
    hidden_act: 'silu',
    hidden_size: net.width,
    intermediate_size: net.innerWidth,
    max_position_embeddings: net.contextLength,
    mlp_bias: false,
    num_attention_heads: net.heads,
    num_hidden_layers: net.layers,
    num_key_value_heads: net.keyValueHeads,
    rms_norm_eps: net.rmsNormEpsilon,
    rope_scaling: null,
    rope_theta: net.ropeBase,
    tie_word_embeddings: net.tiedHead,
    vocab_size: net.vocabularyRows,
  }),
  body: (sizes) => [
    ...Array.from({ length: sizes.layers }, (_, layer) => block(`layers.${layer}`, sizes)).flat(),
    { name: 'norm.weight', shape: [sizes.width], role: 'gain' },
  ],
  heads: ({ heads, keyValueHeads, headWidth }) => ({ heads, keyValueHeads, headWidth }),
  inputs: ({ headWidth }) => rotaryInputs(headWidth),
  feeds: ({ headWidth, ropeBase }, { positions }) => rotaryFeeds(positions, headWidth, ropeBase),
  logits,
};

function configuration(config: Config, file: string): Configuration<LlamaArchitecture> {
  requireValues(file, config, { hidden_act: 'silu' });
  if (config.rope_scaling != null)
    throw unsupported(file, 'rope_scaling is set; expected null (plain rotary positions)');
  requireValues(file, { rope_type: config.rope_parameters?.rope_type ?? 'default' }, { rope_type: 'default' });
  requireValues(file, config, { attention_bias: false, mlp_bias: false });
  const heads = config.num_attention_heads;
  const keyValueHeads = config.num_key_value_heads ?? heads;
  requireMultiple(file, 'num_attention_heads', heads, 'num_key_value_heads', keyValueHeads);
  if (config.head_dim == null) requireMultiple(file, 'hidden_size', config.hidden_size, 'num_attention_heads', heads);
  const headWidth = config.head_dim ?? config.hidden_size / heads;
  requireMultiple(file, 'the width of a head', headWidth, 'the two halves that rotate', 2);
  return {
    kind: 'llama',
    layers: config.num_hidden_layers,
    width: config.hidden_size,
    heads,
    keyValueHeads,
    headWidth,
    innerWidth: config.intermediate_size,
    contextLength: config.max_position_embeddings,
    rmsNormEpsilon: config.rms_norm_eps,
    ropeBase: config.rope_theta ?? config.rope_parameters?.rope_theta ?? 10_000,
    tieWordEmbeddings: config.tie_word_embeddings,
  };
}

function block(h: string, sizes: Sizes<LlamaArchitecture>): readonly Weight[] {
  const { width, heads, keyValueHeads, headWidth, innerWidth } = sizes;
  const matrix = (name: string, to: number, from: number, role: Weight['role'] = 'linear'): Weight => {
    return { name: `${h}.${name}.weight`, shape: [to, from], role };
  };
  return [
    { name: `${h}.input_layernorm.weight`, shape: [width], role: 'gain' },
    matrix('self_attn.q_proj', heads * headWidth, width),
    matrix('self_attn.k_proj', keyValueHeads * headWidth, width),
    matrix('self_attn.v_proj', keyValueHeads * headWidth, width),
    matrix('self_attn.o_proj', width, heads * headWidth, 'residual'),
    { name: `${h}.post_attention_layernorm.weight`, shape: [width], role: 'gain' },
    matrix('mlp.gate_proj', innerWidth, width),
    matrix('mlp.up_proj', innerWidth, width),
    matrix('mlp.down_proj', width, innerWidth, 'residual'),
  ];
}

function logits<T>(
  ops: Ops<T>,
  net: LlamaArchitecture,
  inputs: Readonly<Record<NetInput | Angle, T>>,
  { attend, temperature, logitBias }: LogitsOptions<T>,
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
  const head = ops.weight(net.tiedHead ? 'embed_tokens.weight' : 'lm_head.weight'); // [V, C]
  return vocabularyLogits(ops, norm(x, 'norm'), head, temperature, logitBias); // [R, V]
}
