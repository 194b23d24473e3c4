/**
 * The table of `config.json`: which fields no network needs, which must have one of a few values. Those that a network reads
 * stand in the schema of its own file, with its additions to this table. A field in none of the three may move a number
 * unseen: `bench doctor` names it.
 */
import { badCheckpoint } from '../../core/errors.ts';
import type { ArchitectureKind } from '../architecture.ts';
import { shown, unsupported } from './config-rules.ts';

/**
 * Of every class: where files come from, training, generation, and how a library stores and computes the same numbers.
 * How weights are quantised (`quantization_config`) is settled before, and is no matter of the network.
 */
const IGNORED = new Set(
  `
  _name_or_path architectures auto_map dtype model_type name_or_path tokenizer_class torch_dtype transformers_version vocab_size
  attention_dropout attn_pdrop embd_pdrop embed_dropout embedding_dropout gradient_checkpointing initializer_range resid_dropout
  resid_pdrop residual_dropout summary_activation summary_first_dropout summary_proj_to_labels summary_type summary_use_proj
  attn_implementation _attn_implementation debug ep_size flash_attention fuse_cross_entropy micro_forward reorder_and_upcast_attn
  skip_checkpoint use_cache use_deepep
  bos_token_id bos_token eos_token_id eos_token forced_bos_token_id forced_eos_token_id mask_token_id pad_token_id pad_token
  sep_token_id decoder_start_token_id
  bad_words_ids begin_suppress_tokens diversity_penalty do_sample early_stopping encoder_no_repeat_ngram_size
  exponential_decay_length_penalty length_penalty max_length min_length no_repeat_ngram_size num_beam_groups num_beams
  num_return_sequences remove_invalid_values repetition_penalty return_dict return_dict_in_generate suppress_tokens temperature
  tf_legacy_loss top_k top_p typical_p use_bfloat16 output_attentions output_hidden_states output_scores
  chunk_size_feed_forward quantization_config finetuning_task id2label is_decoder is_encoder_decoder label2id n_ctx prefix problem_type
  pruned_heads task_specific_params tie_encoder_decoder torchscript
  `
    .trim()
    .split(/\s+/),
);

type Kind = Pick<ArchitectureKind, 'configSchema' | 'configFields'>;
type Config = Readonly<Record<string, unknown>>;

/**
 * A config with every field under the name that the schema reads.
 *
 * @throws HarnessError 'not-supported' on a field whose value the network does not implement, 'bad-checkpoint' where two names
 *   of a field say different things
 */
export function readableConfig(
  { configFields: { only = {}, aliases = {} } = {} }: Kind,
  config: Config,
  file: string,
): Config {
  for (const [key, values] of Object.entries(only)) {
    const found = config[key];
    if (found == null || values.includes(found)) continue;
    throw unsupported(file, `${key} ${shown(found)}; expected ${values.map(shown).join(' or ')}`);
  }
  const readable = { ...config };
  for (const [alias, key] of Object.entries(aliases)) {
    const said = config[alias];
    if (said == null) continue;
    if (readable[key] != null && readable[key] !== said) {
      throw badCheckpoint(
        file,
        `${key} ${shown(readable[key])} and ${alias} ${shown(said)} are one field; expected one value`,
      );
    }
    readable[key] = said;
  }
  return readable;
}

/** Fields of a config, other than empty ones, of which nothing is known. */
export function unknownFields({ configSchema, configFields = {} }: Kind, config: Config): readonly string[] {
  if (!('shape' in configSchema)) return [];
  const { only = {}, aliases = {}, ignored = [] } = configFields;
  const known = new Set([configSchema.shape as object, only, aliases].flatMap(Object.keys).concat(ignored));
  return Object.keys(config).filter((key) => config[key] !== null && !known.has(key) && !IGNORED.has(key));
}
