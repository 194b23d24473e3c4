/**
 * Mistral: the decoder as it is, with attention that reaches back a window (`wholeContext`).
 *
 * @source Jiang et al. 2023 (arXiv 2310.06825); huggingface/transformers v4.44.2, configuration_mistral.py, modeling_mistral.py
 */
import { z } from 'zod';
import { count } from './config/config-rules.ts';
import { decoderClass, decoderShape, wholeContext, windowShape } from './config/decoder-config.ts';
import { decoder } from './decoder.ts';

/** The class has a window where its config says nothing; null: none. */
const configSchema = z.object({
  ...decoderShape,
  sliding_window: count.nullable().default(4096),
  layer_types: windowShape.layer_types,
});

export const mistral = decoderClass(decoder, {
  kind: 'mistral',
  name: 'MistralForCausalLM',
  causal: true,
  configSchema,
  standard: { keyValueHeads: 8 },
  facts: (config, file) => ({ contextLength: wholeContext({ ...config, use_sliding_window: true }, file) }),
  json: () => ({ sliding_window: null }),
});
