/**
 * LLaMA: the decoder as it is (`decoder.ts`), with scaled rotary positions (3.1) and biases of attention where the config says so.
 *
 * @source Touvron et al. 2023 (arXiv 2302.13971, 2307.09288); huggingface/transformers v4.44.2, configuration_llama.py (names and
 *   defaults), modeling_llama.py (`attention_bias` gives all four projections one)
 */
import { z } from 'zod';
import { biased, decoderClass, decoderShape } from './config/decoder-config.ts';
import { decoder } from './decoder.ts';

export const llama = decoderClass(decoder, {
  kind: 'llama',
  name: 'LlamaForCausalLM',
  causal: true,
  pattern: /^layers\.\d+\./,
  configSchema: z.object({ ...decoderShape, attention_bias: z.boolean().default(false) }),
  facts: (config) => biased(config),
  json: ({ attentionBias }) => ({ attention_bias: attentionBias !== undefined, mlp_bias: false }),
});
