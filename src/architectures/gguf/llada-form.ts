/**
 * GGUF files of LLaDA: rows of queries and keys in pairs, as those of LLaMA.
 *
 * @source ggml-org/llama.cpp, conversion of `LLaDAModelLM` (permutation, keys; it writes no token of the mask)
 */
import { DECODER_GGUF, decoderGgufConfig } from './decoder-form.ts';
import type { GgufForm } from './gguf-form.ts';

const PARTS = {
  'model.embed_tokens.': 'model.transformer.wte.',
  'model.norm.': 'model.transformer.ln_f.',
  'lm_head.': 'model.transformer.ff_out.',
  'model.layers.{}.input_layernorm.': 'model.transformer.blocks.{}.attn_norm.',
  'model.layers.{}.self_attn.o_proj.': 'model.transformer.blocks.{}.attn_out.',
  'model.layers.{}.self_attn.': 'model.transformer.blocks.{}.',
  'model.layers.{}.post_attention_layernorm.': 'model.transformer.blocks.{}.ff_norm.',
  'model.layers.{}.mlp.gate_proj.': 'model.transformer.blocks.{}.ff_proj.',
  'model.layers.{}.mlp.up_proj.': 'model.transformer.blocks.{}.up_proj.',
  'model.layers.{}.mlp.down_proj.': 'model.transformer.blocks.{}.ff_out.',
} as const;

/** The name that LLaDA has for what LLaMA's kin call so. */
function renamed(name: string): string {
  const [from, to] = Object.entries(PARTS).find(([part]) => name.startsWith(part)) ?? ['', ''];
  return `${to}${name.slice(from.length)}`;
}

export const lladaForm: GgufForm = {
  architecture: 'llada',
  tiedKey: 'weight_tying',
  tensors: Object.fromEntries(Object.entries(DECODER_GGUF).map(([name, hub]) => [name, renamed(hub)])),
  orders: { 'blk.{}.attn_q.weight': 'pairs-of-query-heads', 'blk.{}.attn_k.weight': 'pairs-of-key-heads' },
  config(facts) {
    const { rope_scaling, ...of } = decoderGgufConfig(facts);
    return {
      model_type: 'llada',
      d_model: of.hidden_size,
      max_sequence_length: of.max_position_embeddings,
      mlp_hidden_size: of.intermediate_size,
      n_heads: of.num_attention_heads,
      n_kv_heads: of.num_key_value_heads,
      n_layers: of.num_hidden_layers,
      rms_norm_eps: of.rms_norm_eps,
      rope_scaling,
      rope_theta: of.rope_theta,
    };
  },
};
