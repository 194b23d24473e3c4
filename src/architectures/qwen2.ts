/**
 * Qwen2 and 2.5: the decoder with biases of queries, keys and values, which its config announces nowhere.
 *
 * @source Yang et al. 2024 (arXiv 2407.10671); huggingface/transformers v4.44.2, configuration_qwen2.py, modeling_qwen2.py
 */
import { z } from 'zod';
import { decoderClass, decoderShape, windowShape } from './config/decoder-config.ts';
import { decoder } from './decoder.ts';

export const qwen2 = decoderClass(decoder, {
  kind: 'qwen2',
  name: 'Qwen2ForCausalLM',
  causal: true,
  configSchema: z.object({ ...decoderShape, ...windowShape }),
  standard: { keyValueHeads: 32 },
  facts: () => ({ attentionBias: 'qkv' as const }),
});
