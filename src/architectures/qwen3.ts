/**
 * Qwen3: the decoder with norms of each head of queries and keys, and a width of heads that its config names.
 *
 * @source Yang et al. 2025 (arXiv 2505.09388); huggingface/transformers v4.51.0, configuration_qwen3.py, modeling_qwen3.py
 */
import { z } from 'zod';
import { biased, decoderClass, decoderShape, windowShape } from './config/decoder-config.ts';
import { decoder } from './decoder.ts';

export const qwen3 = decoderClass(decoder, {
  kind: 'qwen3',
  name: 'Qwen3ForCausalLM',
  causal: true,
  configSchema: z.object({ ...decoderShape, ...windowShape, attention_bias: z.boolean().default(false) }),
  standard: { keyValueHeads: 32, headWidth: 128 },
  facts: (config) => ({ ...biased(config), headNorms: true as const }),
  json: ({ attentionBias }) => ({ attention_bias: attentionBias !== undefined }),
});
