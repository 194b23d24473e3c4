/** What the configs of Hugging Face's decoder classes share: the names of fields and weights. Each class adds its own. */
import { z } from 'zod';
import type { Architecture, ConfigFields } from '../architecture.ts';
import { count, layerCount, positive, requireMultiple, TOLD_BY_MODEL_TYPE } from './config-rules.ts';
import { readRotary, rotaryJson, rotaryShape } from './rotary-config.ts';

export const decoderShape = {
  num_hidden_layers: layerCount,
  hidden_size: count,
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  intermediate_size: count,
  max_position_embeddings: count,
  rms_norm_eps: positive.default(1e-6),
  tie_word_embeddings: z.boolean().default(false),
  ...rotaryShape,
};
const decoderSchema = z.object(decoderShape);
type DecoderConfig = z.infer<typeof decoderSchema>;

/** Fields with one meaning in all of these classes. */
export const DECODER_FIELDS = {
  only: { hidden_act: ['silu', 'swish'], mlp_bias: [false], rope_interleaved: [false], use_mrope: [false] },
  ignored: ['pretraining_tp'],
} as const satisfies ConfigFields;

/** What the class has where its config does not say; absent: as many as query heads, and their share of the width. */
interface Standards {
  readonly keyValueHeads?: number;
  readonly headWidth?: number;
}

/** @throws HarnessError 'bad-checkpoint' on sizes that do not fit, 'not-supported' on positions that are not implemented */
export function decoderFacts(config: DecoderConfig, file: string, standard: Standards = {}) {
  const heads = config.num_attention_heads;
  const keyValueHeads = config.num_key_value_heads ?? standard.keyValueHeads ?? heads;
  requireMultiple(file, 'num_attention_heads', heads, 'num_key_value_heads', keyValueHeads);
  const said = config.head_dim ?? standard.headWidth;
  if (said === undefined) requireMultiple(file, 'hidden_size', config.hidden_size, 'num_attention_heads', heads);
  const headWidth = said ?? config.hidden_size / heads;
  requireMultiple(file, 'the width of a head', headWidth, 'the two halves that rotate', 2);
  return {
    layers: config.num_hidden_layers,
    width: config.hidden_size,
    heads,
    keyValueHeads,
    headWidth,
    innerWidth: config.intermediate_size,
    contextLength: config.max_position_embeddings,
    rmsNormEpsilon: config.rms_norm_eps,
    ...readRotary(config, file, headWidth),
    tieWordEmbeddings: config.tie_word_embeddings,
  };
}

/** Facts that all of these classes have. */
export type DecoderFacts = Omit<ReturnType<typeof decoderFacts>, 'tieWordEmbeddings'>;

/** The fields of `decoderShape`, and the vocabulary, as published loaders read them. */
export const decoderJson = (net: DecoderFacts & Architecture): Readonly<Record<string, unknown>> => ({
  head_dim: net.headWidth,
  hidden_act: 'silu',
  hidden_size: net.width,
  intermediate_size: net.innerWidth,
  max_position_embeddings: net.contextLength,
  num_attention_heads: net.heads,
  num_hidden_layers: net.layers,
  num_key_value_heads: net.keyValueHeads,
  rms_norm_eps: net.rmsNormEpsilon,
  ...rotaryJson(net),
  tie_word_embeddings: net.tiedHead,
  vocab_size: net.vocabularyRows,
});

export const DECODER_NAMES = {
  embedding: 'embed_tokens.weight',
  head: 'lm_head.weight',
  norm: 'norm',
  layer: (index: number) => ({
    attentionNorm: `layers.${index}.input_layernorm`,
    q: `layers.${index}.self_attn.q_proj`,
    k: `layers.${index}.self_attn.k_proj`,
    v: `layers.${index}.self_attn.v_proj`,
    o: `layers.${index}.self_attn.o_proj`,
    qNorm: `layers.${index}.self_attn.q_norm`,
    kNorm: `layers.${index}.self_attn.k_norm`,
    mlpNorm: `layers.${index}.post_attention_layernorm`,
    gate: `layers.${index}.mlp.gate_proj`,
    up: `layers.${index}.mlp.up_proj`,
    down: `layers.${index}.mlp.down_proj`,
  }),
};

/** Of these classes' files. */
export const DECODER_TENSORS = {
  embedding: DECODER_NAMES.embedding,
  head: DECODER_NAMES.head,
  prefix: 'model.',
  pattern: TOLD_BY_MODEL_TYPE,
  buffer: /^(layers\.\d+\.self_attn\.)?rotary_emb\.inv_freq$/,
};

/** No class of these has published settings of its own for written texts: those of the family's first, DiffuLLaMA. */
export const DECODER_WRITING = { temperature: 0.9, confidenceTemperature: 1, cleansUp: false };
