/** GGUF files of GPT-2. Its matrices lie output-by-input, as those of all architectures there; the published class has them transposed. */
import type { GgufForm } from './gguf-form.ts';

const MATRICES = {
  'blk.{}.attn_qkv.weight': 'transformer.h.{}.attn.c_attn.weight',
  'blk.{}.attn_output.weight': 'transformer.h.{}.attn.c_proj.weight',
  'blk.{}.ffn_up.weight': 'transformer.h.{}.mlp.c_fc.weight',
  'blk.{}.ffn_down.weight': 'transformer.h.{}.mlp.c_proj.weight',
} as const;

export const gpt2Form: GgufForm = {
  architecture: 'gpt2',
  tensors: {
    'token_embd.weight': 'transformer.wte.weight',
    'position_embd.weight': 'transformer.wpe.weight',
    'blk.{}.attn_norm.weight': 'transformer.h.{}.ln_1.weight',
    'blk.{}.attn_norm.bias': 'transformer.h.{}.ln_1.bias',
    'blk.{}.attn_qkv.bias': 'transformer.h.{}.attn.c_attn.bias',
    'blk.{}.attn_output.bias': 'transformer.h.{}.attn.c_proj.bias',
    'blk.{}.ffn_norm.weight': 'transformer.h.{}.ln_2.weight',
    'blk.{}.ffn_norm.bias': 'transformer.h.{}.ln_2.bias',
    'blk.{}.ffn_up.bias': 'transformer.h.{}.mlp.c_fc.bias',
    'blk.{}.ffn_down.bias': 'transformer.h.{}.mlp.c_proj.bias',
    'output_norm.weight': 'transformer.ln_f.weight',
    'output_norm.bias': 'transformer.ln_f.bias',
    'output.weight': 'lm_head.weight',
    ...MATRICES,
  },
  orders: Object.fromEntries(Object.keys(MATRICES).map((name) => [name, 'transposed'])),
  config: (facts) => ({
    model_type: 'gpt2',
    n_embd: facts.number('embedding_length'),
    n_layer: facts.number('block_count'),
    n_head: facts.number('attention.head_count'),
    n_inner: facts.number('feed_forward_length'),
    n_positions: facts.number('context_length'),
    layer_norm_epsilon: facts.number('attention.layer_norm_epsilon'),
  }),
};
