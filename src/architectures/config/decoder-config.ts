/** Hugging Face's decoder classes: what their configs share, the names of fields and weights, and a class by what is its own. */
import { z } from 'zod';
import type { Architecture, ArchitectureKind, ConfigFields, Configuration } from '../architecture.ts';
import { count, layerCount, positive, requireMultiple, TOLD_BY_MODEL_TYPE, unsupported } from './config-rules.ts';
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

/**
 * Attention that reaches back a window of tokens only (`sliding_window`). Texts no longer than the window are read as without
 * one, so that is as long as texts may be: longer ones are refused, never read otherwise than the published class does.
 *
 * @source huggingface/transformers v4.44.2: a query sees keys at most `sliding_window` − 1 tokens before it
 */
export const windowShape = {
  sliding_window: count.nullish(),
  /** Where false, `sliding_window` means nothing. */
  use_sliding_window: z.boolean().default(false),
  /** First layer with a window; newer files name the kind of each layer. */
  max_window_layers: z.int().nonnegative().nullish(),
  layer_types: z.array(z.string()).nullish(),
};
const windowSchema = z.object(windowShape);

type DecoderConfig = z.infer<typeof decoderSchema> & Partial<z.infer<typeof windowSchema>>;

/** Fields with one meaning in all of these classes. */
const DECODER_FIELDS = {
  only: { hidden_act: ['silu', 'swish'], mlp_bias: [false], rope_interleaved: [false], use_mrope: [false] },
  ignored: ['pretraining_tp'],
} as const satisfies ConfigFields;

/** What the class has where its config does not say; absent: as many as query heads, and their share of the width. */
interface Standards {
  readonly keyValueHeads?: number;
  readonly headWidth?: number;
}

/** @throws HarnessError 'bad-checkpoint' on sizes that do not fit, 'not-supported' on positions that are not implemented */
function decoderFacts(config: DecoderConfig, file: string, standard: Standards = {}) {
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
    contextLength: wholeContext(config, file),
    rmsNormEpsilon: config.rms_norm_eps,
    ...readRotary(config, file, headWidth),
    tieWordEmbeddings: config.tie_word_embeddings,
  };
}

/**
 * Tokens up to which every layer sees the whole text.
 *
 * @throws HarnessError 'not-supported' on layers that attend in another way
 */
export function wholeContext(config: DecoderConfig, file: string): number {
  const { layer_types: types, sliding_window: window, num_hidden_layers: layers } = config;
  const other = types?.find((type) => type !== 'full_attention' && type !== 'sliding_attention');
  if (other !== undefined) {
    throw unsupported(
      file,
      `layer_types has ${JSON.stringify(other)}; expected "full_attention" or "sliding_attention"`,
    );
  }
  const isWindowed = types?.includes('sliding_attention') ?? (config.max_window_layers ?? 0) < layers;
  if (!config.use_sliding_window || window == null || !isWindowed) return config.max_position_embeddings;
  return Math.min(window, config.max_position_embeddings);
}

/** Facts that all of these classes have. */
type DecoderFacts = Omit<ReturnType<typeof decoderFacts>, 'tieWordEmbeddings'>;

/** The fields of `decoderShape`, and the vocabulary, as published loaders read them. */
const decoderJson = (net: DecoderFacts & Architecture): Readonly<Record<string, unknown>> => ({
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

const DECODER_NAMES = {
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
const DECODER_TENSORS = {
  embedding: DECODER_NAMES.embedding,
  head: DECODER_NAMES.head,
  prefix: 'model.',
  buffer: /^(layers\.\d+\.self_attn\.)?rotary_emb\.inv_freq$/,
};

/** No class of these has published settings of its own for written texts: those of the family's first, DiffuLLaMA. */
const DECODER_WRITING = { temperature: 0.9, confidenceTemperature: 1, cleansUp: false };

/** A network by the names of its weights. */
type Computed<Net extends Architecture, Extra extends string> = Pick<
  ArchitectureKind<Net, Extra>,
  'linears' | 'body' | 'heads' | 'inputs' | 'feeds' | 'logits'
>;

/** What a class has of its own. */
interface DecoderClass<Net extends Architecture, Config>
  extends Pick<ArchitectureKind<Net, never, Config>, 'kind' | 'causal' | 'answering' | 'configSchema'> {
  /** Name of the published class. */
  readonly name: string;
  readonly pattern?: RegExp;
  readonly standard?: Standards;
  facts?(config: Config, file: string): Partial<NoInfer<Net>>;
  /** Fields of its `config.json`. */
  json?: ArchitectureKind<Net>['configJson'];
}

/** A class as an architecture. @param decoder what is computed */
export const decoderClass = <
  Net extends DecoderFacts & Architecture,
  Extra extends string,
  Config extends DecoderConfig,
>(
  decoder: (names: typeof DECODER_NAMES) => Computed<Net, Extra>,
  { name, pattern = TOLD_BY_MODEL_TYPE, standard, facts, json, ...own }: DecoderClass<Net, Config>,
): ArchitectureKind<Net, Extra, Config> => ({
  ...own,
  names: { ...DECODER_TENSORS, pattern },
  published: DECODER_WRITING,
  configFields: DECODER_FIELDS,
  configuration: (config, file) =>
    ({ kind: own.kind, ...decoderFacts(config, file, standard), ...facts?.(config, file) }) as Configuration<Net>,
  configJson: (net, answering) => ({
    architectures: [name],
    model_type: own.kind,
    ...json?.(net, answering),
    ...decoderJson(net),
  }),
  ...decoder(DECODER_NAMES),
});

/** `attention_bias`: all four projections have one. */
export const biased = (config: { readonly attention_bias: boolean }) =>
  config.attention_bias ? ({ attentionBias: 'qkvo' } as const) : {};
