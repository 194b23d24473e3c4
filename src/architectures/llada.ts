/**
 * LLaDA: LLaMA's network under OLMo's names, trained from nothing by masked diffusion: full attention, tokens predicted where
 * they stand. `ff_out` is both the way down of a layer and, outside of the layers, the output matrix.
 *
 * @source Nie et al. 2025 (arXiv 2502.09992); GSAI-ML/LLaDA-8B-Base, configuration_llada.py and modeling_llada.py as kept in
 *   ZHZisZZ/dllm at ca17675 (block type `llama`)
 */
import { z } from 'zod';
import type { ArchitectureKind, Configuration } from './architecture.ts';
import { count, layerCount, positive, requireMultiple, TOLD_BY_MODEL_TYPE } from './config/config-rules.ts';
import { type DecoderArchitecture, decoder } from './decoder.ts';
import type { Angle } from './rotary.ts';

export interface LladaArchitecture extends DecoderArchitecture {
  readonly kind: 'llada';
}

const configSchema = z.object({
  n_layers: layerCount,
  d_model: count,
  n_heads: count,
  n_kv_heads: count.nullish(),
  /** Absent: `mlp_ratio` widths. */
  mlp_hidden_size: count.nullish(),
  mlp_ratio: count.default(4),
  max_sequence_length: count,
  rms_norm_eps: positive.default(1e-5),
  rope_theta: positive.default(10_000),
  weight_tying: z.boolean().default(true),
  mask_token_id: z.int().nonnegative().nullish(),
});
type Config = z.infer<typeof configSchema>;

const NAMES = { embedding: 'wte.weight', head: 'ff_out.weight' };

export const llada: ArchitectureKind<LladaArchitecture, Angle, Config> = {
  kind: 'llada',
  causal: false,
  answering: ({ mask_token_id }) => ({ family: 'diffusion', shift: false, maskId: mask_token_id ?? null }),
  names: {
    ...NAMES,
    prefix: 'model.transformer.',
    prefixedHead: true,
    pattern: TOLD_BY_MODEL_TYPE,
    buffer: /^blocks\.\d+\.rotary_emb\./,
  },
  published: { temperature: 0, confidenceTemperature: 1, cleansUp: false },
  configSchema,
  configFields: {
    only: {
      activation_type: ['silu'],
      alibi: [false],
      attention_layer_norm: [false],
      bias_for_layer_norm: [false],
      block_group_size: [1],
      block_type: ['llama'],
      clip_qkv: [null],
      include_bias: [false],
      include_qkv_bias: [false],
      input_emb_norm: [false],
      layer_norm_type: ['rms'],
      layer_norm_with_affine: [true],
      multi_query_attention: [false],
      rope: [true],
      rope_scaling: [null],
      scale_logits: [false],
    },
    // The rows of the embedding decide how many tokens there are.
    ignored: [
      ...['alibi_bias_max', 'attention_layer_norm_with_affine', 'embedding_size', 'init_cutoff_factor', 'init_device'],
      ...['init_fn', 'init_std', 'precision', 'rope_full_precision'],
    ],
  },
  configuration,
  configJson: (net, { maskId = null } = {}) => ({
    architectures: ['LLaDAModelLM'],
    model_type: 'llada',
    activation_type: 'silu',
    block_type: 'llama',
    d_model: net.width,
    embedding_size: net.vocabularyRows,
    layer_norm_type: 'rms',
    mask_token_id: maskId,
    max_sequence_length: net.contextLength,
    mlp_hidden_size: net.innerWidth,
    n_heads: net.heads,
    n_kv_heads: net.keyValueHeads,
    n_layers: net.layers,
    rms_norm_eps: net.rmsNormEpsilon,
    rope: true,
    rope_theta: net.ropeBase,
    vocab_size: net.vocabularyRows,
    weight_tying: net.tiedHead,
  }),
  ...decoder({
    ...NAMES,
    norm: 'ln_f',
    layer: (index) => ({
      attentionNorm: `blocks.${index}.attn_norm`,
      q: `blocks.${index}.q_proj`,
      k: `blocks.${index}.k_proj`,
      v: `blocks.${index}.v_proj`,
      o: `blocks.${index}.attn_out`,
      qNorm: `blocks.${index}.q_norm`,
      kNorm: `blocks.${index}.k_norm`,
      mlpNorm: `blocks.${index}.ff_norm`,
      gate: `blocks.${index}.ff_proj`,
      up: `blocks.${index}.up_proj`,
      down: `blocks.${index}.ff_out`,
    }),
  }),
};

function configuration(config: Config, file: string): Configuration<LladaArchitecture> {
  const { n_heads: heads, d_model: width } = config;
  const keyValueHeads = config.n_kv_heads ?? heads;
  requireMultiple(file, 'n_heads', heads, 'n_kv_heads', keyValueHeads);
  requireMultiple(file, 'd_model', width, 'the two halves of n_heads heads that rotate', 2 * heads);
  return {
    kind: 'llada',
    layers: config.n_layers,
    width,
    heads,
    keyValueHeads,
    headWidth: width / heads,
    innerWidth: config.mlp_hidden_size ?? config.mlp_ratio * width,
    contextLength: config.max_sequence_length,
    rmsNormEpsilon: config.rms_norm_eps,
    ropeBase: config.rope_theta,
    tieWordEmbeddings: config.weight_tying,
  };
}
