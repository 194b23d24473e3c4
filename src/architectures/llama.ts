/**
 * LLaMA: the decoder as it is (`decoder.ts`), with scaled rotary positions (3.1) and biases of attention where the config says so.
 *
 * @source Touvron et al. 2023 (arXiv 2302.13971, 2307.09288); huggingface/transformers v4.44.2, configuration_llama.py (names and
 *   defaults), modeling_llama.py (`attention_bias` gives all four projections one)
 */
import { z } from 'zod';
import type { ArchitectureKind } from './architecture.ts';
import {
  DECODER_FIELDS,
  DECODER_NAMES,
  DECODER_TENSORS,
  DECODER_WRITING,
  decoderFacts,
  decoderJson,
  decoderShape,
} from './config/decoder-config.ts';
import { type DecoderArchitecture, decoder } from './decoder.ts';
import type { Angle } from './rotary.ts';

export interface LlamaArchitecture extends DecoderArchitecture {
  readonly kind: 'llama';
}

const configSchema = z.object({ ...decoderShape, attention_bias: z.boolean().default(false) });

export const llama: ArchitectureKind<LlamaArchitecture, Angle, z.infer<typeof configSchema>> = {
  kind: 'llama',
  causal: true,
  names: { ...DECODER_TENSORS, pattern: /^layers\.\d+\./ },
  published: DECODER_WRITING,
  configSchema,
  configFields: DECODER_FIELDS,
  configuration: (config, file) => ({
    kind: 'llama',
    ...decoderFacts(config, file),
    ...(config.attention_bias ? { attentionBias: 'qkvo' } : {}),
  }),
  configJson: (net) => ({
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    attention_bias: net.attentionBias !== undefined,
    mlp_bias: false,
    ...decoderJson(net),
  }),
  ...decoder(DECODER_NAMES),
};
