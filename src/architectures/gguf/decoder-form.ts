/** What GGUF files of LLaMA's kin share. */
import type { GgufFacts } from './gguf-form.ts';

export const DECODER_GGUF = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'output_norm.weight': 'model.norm.weight',
  'output.weight': 'lm_head.weight',
  'blk.{}.attn_norm.weight': 'model.layers.{}.input_layernorm.weight',
  'blk.{}.attn_q.weight': 'model.layers.{}.self_attn.q_proj.weight',
  'blk.{}.attn_k.weight': 'model.layers.{}.self_attn.k_proj.weight',
  'blk.{}.attn_v.weight': 'model.layers.{}.self_attn.v_proj.weight',
  'blk.{}.attn_output.weight': 'model.layers.{}.self_attn.o_proj.weight',
  'blk.{}.ffn_norm.weight': 'model.layers.{}.post_attention_layernorm.weight',
  'blk.{}.ffn_gate.weight': 'model.layers.{}.mlp.gate_proj.weight',
  'blk.{}.ffn_up.weight': 'model.layers.{}.mlp.up_proj.weight',
  'blk.{}.ffn_down.weight': 'model.layers.{}.mlp.down_proj.weight',
} as const;

/** Biases of queries, keys and values. */
export const DECODER_GGUF_BIASES = {
  'blk.{}.attn_q.bias': 'model.layers.{}.self_attn.q_proj.bias',
  'blk.{}.attn_k.bias': 'model.layers.{}.self_attn.k_proj.bias',
  'blk.{}.attn_v.bias': 'model.layers.{}.self_attn.v_proj.bias',
} as const;

/** Norms of each head's queries and keys. */
export const DECODER_GGUF_HEAD_NORMS = {
  'blk.{}.attn_q_norm.weight': 'model.layers.{}.self_attn.q_norm.weight',
  'blk.{}.attn_k_norm.weight': 'model.layers.{}.self_attn.k_norm.weight',
} as const;

/** @throws HarnessError 'not-supported' where only a part of a head rotates, positions are scaled by another rule, or experts share the work */
export function decoderGgufConfig(facts: GgufFacts): Readonly<Record<string, unknown>> {
  const [width, heads] = [facts.number('embedding_length'), facts.number('attention.head_count')];
  const headWidth = facts.optional('attention.key_length') ?? width / heads;
  const valueWidth = facts.optional('attention.value_length') ?? headWidth;
  if (valueWidth !== headWidth)
    throw facts.refuse(`values of ${valueWidth} and keys of ${headWidth}; expected one width`);
  const rotating = facts.optional('rope.dimension_count') ?? headWidth;
  if (rotating !== headWidth) throw facts.refuse(`${rotating} of ${headWidth} values of a head rotate; expected all`);
  const experts = facts.optional('expert_count') ?? 0;
  if (experts > 0) throw facts.refuse(`a mixture of ${experts} experts; expected a network without`);
  return {
    hidden_size: width,
    intermediate_size: facts.number('feed_forward_length'),
    max_position_embeddings: facts.number('context_length'),
    num_attention_heads: heads,
    num_hidden_layers: facts.number('block_count'),
    num_key_value_heads: facts.optional('attention.head_count_kv') ?? heads,
    head_dim: headWidth,
    rms_norm_eps: facts.number('attention.layer_norm_rms_epsilon'),
    rope_theta: facts.optional('rope.freq_base') ?? 10_000,
    rope_scaling: scaling(facts),
  };
}

function scaling(facts: GgufFacts): Readonly<Record<string, unknown>> | null {
  const rule = facts.text('rope.scaling.type') ?? 'none';
  if (rule !== 'none' && rule !== 'linear') throw facts.refuse(`rope.scaling.type "${rule}"; expected none or linear`);
  const factor = rule === 'linear' ? facts.number('rope.scaling.factor') : (facts.optional('rope.scale_linear') ?? 1);
  if (facts.ropeFactors === null) return factor === 1 ? null : { rope_type: 'linear', factor };
  const factors = facts.ropeFactors.map((each) => each * factor);
  return { rope_type: 'longrope', factor: 1, attention_factor: 1, short_factor: factors, long_factor: factors };
}
