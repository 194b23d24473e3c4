/**
 * `config.json` of a published model: the facts that tensor shapes do not give. Unknown keys are tolerated; a key that
 * changes the computation in a way that the nets do not implement is refused. The vocabulary size is never read here:
 * published configs disagree with their own tables, so the number of embedding rows decides.
 *
 * @source huggingface/transformers v4.44.2, configuration_gpt2.py and configuration_llama.py (names and defaults)
 */
import { z } from 'zod';
import { HarnessError } from '../core/errors.ts';
import { badCheckpoint, quoted } from '../files/bad-file.ts';
import { parseBySchema } from '../files/json-file.ts';
import type { Architecture, Gpt2Architecture, LlamaArchitecture } from './checkpoint.ts';

type FromTensors = 'vocabularyRows' | 'tiedHead';
interface HeadRule {
  /** Whether the output matrix is the embedding when the file does not hold one. */
  readonly tieWordEmbeddings: boolean;
}
export type Gpt2Configuration = Omit<Gpt2Architecture, FromTensors> & HeadRule;
export type LlamaConfiguration = Omit<LlamaArchitecture, FromTensors> & HeadRule;
export type Configuration = Gpt2Configuration | LlamaConfiguration;

/** More than any published model; a larger number is damage. */
const MOST_LAYERS = 10_000;
const count = z.int().positive();
const positive = z.number().positive();
const layerCount = count.max(MOST_LAYERS);

const gpt2Schema = z.object({
  n_layer: layerCount,
  n_embd: count,
  n_head: count,
  n_positions: count,
  n_inner: count.nullish(),
  layer_norm_epsilon: positive.default(1e-5),
  activation_function: z.string().default('gelu_new'),
  scale_attn_weights: z.boolean().default(true),
  scale_attn_by_inverse_layer_idx: z.boolean().default(false),
  add_cross_attention: z.boolean().default(false),
  tie_word_embeddings: z.boolean().default(true),
});

const llamaSchema = z.object({
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

/**
 * Parses the value of a `config.json`.
 *
 * @param file  its path, for messages
 * @param names tensor names of the checkpoint: they tell the network where `model_type` is absent, as the wrapper of
 *   arXiv 2410.17891 leaves it
 * @throws HarnessError 'bad-checkpoint' on a missing, malformed or inconsistent key;
 *   'not-supported' on a network or a variant that is not implemented
 */
export function parseConfig(value: unknown, file: string, names: Iterable<string>): Configuration {
  const { model_type, quantization_config } = parseBySchema(
    z.looseObject({ model_type: z.string().nullish(), quantization_config: z.unknown().optional() }),
    value,
    file,
  );
  if (quantization_config != null) throw unsupported(file, 'quantization_config: quantised weights are not read');
  const kind = model_type ?? kindOfNames(names);
  if (kind === 'gpt2') return gpt2Configuration(parseBySchema(gpt2Schema, value, file), file);
  if (kind === 'llama') return llamaConfiguration(parseBySchema(llamaSchema, value, file), file);
  if (kind === null)
    throw badCheckpoint(file, 'no model_type, and the tensor names do not tell it; expected gpt2 or llama');
  throw unsupported(file, `model_type ${quoted(kind)}; expected gpt2 or llama`);
}

/** The `config.json` that published loaders read for an architecture. */
export function configJson(architecture: Architecture): Readonly<Record<string, unknown>> {
  if (architecture.kind === 'gpt2') {
    return {
      architectures: ['GPT2LMHeadModel'],
      model_type: 'gpt2',
      activation_function: 'gelu_new',
      layer_norm_epsilon: architecture.layerNormEpsilon,
      n_embd: architecture.width,
      n_head: architecture.heads,
      n_inner: architecture.innerWidth,
      n_layer: architecture.layers,
      n_positions: architecture.contextLength,
      tie_word_embeddings: architecture.tiedHead,
      vocab_size: architecture.vocabularyRows,
    };
  }
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    attention_bias: false,
    head_dim: architecture.headWidth,
    hidden_act: 'silu',
    hidden_size: architecture.width,
    intermediate_size: architecture.innerWidth,
    max_position_embeddings: architecture.contextLength,
    mlp_bias: false,
    num_attention_heads: architecture.heads,
    num_hidden_layers: architecture.layers,
    num_key_value_heads: architecture.keyValueHeads,
    rms_norm_eps: architecture.rmsNormEpsilon,
    rope_scaling: null,
    rope_theta: architecture.ropeBase,
    tie_word_embeddings: architecture.tiedHead,
    vocab_size: architecture.vocabularyRows,
  };
}

function gpt2Configuration(config: z.infer<typeof gpt2Schema>, file: string): Gpt2Configuration {
  if (config.activation_function !== 'gelu_new') {
    throw unsupported(file, `activation_function ${quoted(config.activation_function)}; expected "gelu_new"`);
  }
  if (!config.scale_attn_weights) throw unsupported(file, 'scale_attn_weights false; expected true');
  if (config.scale_attn_by_inverse_layer_idx) {
    throw unsupported(file, 'scale_attn_by_inverse_layer_idx true; expected false');
  }
  if (config.add_cross_attention) throw unsupported(file, 'add_cross_attention true; expected false');
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

function llamaConfiguration(config: z.infer<typeof llamaSchema>, file: string): LlamaConfiguration {
  if (config.hidden_act !== 'silu') {
    throw unsupported(file, `hidden_act ${quoted(config.hidden_act)}; expected "silu"`);
  }
  if (config.rope_scaling != null)
    throw unsupported(file, 'rope_scaling is set; expected null (plain rotary positions)');
  const ropeType = config.rope_parameters?.rope_type ?? 'default';
  if (ropeType !== 'default') throw unsupported(file, `rope_type ${quoted(ropeType)}; expected "default"`);
  if (config.attention_bias) throw unsupported(file, 'attention_bias true; expected false');
  if (config.mlp_bias) throw unsupported(file, 'mlp_bias true; expected false');
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

function kindOfNames(names: Iterable<string>): Configuration['kind'] | null {
  for (const name of names) {
    if (/^(denoise_model\.|transformer\.)?h\.\d+\./.test(name)) return 'gpt2';
    if (/^(denoise_model\.|model\.)?layers\.\d+\./.test(name)) return 'llama';
  }
  return null;
}

function requireMultiple(file: string, name: string, value: number, divisorName: string, divisor: number): void {
  if (value % divisor !== 0) {
    throw badCheckpoint(file, `${name} ${value} is not a multiple of ${divisorName} ${divisor}`);
  }
}

function unsupported(file: string, what: string): HarnessError {
  return new HarnessError('not-supported', `${file}: ${what}`);
}
