/**
 * Qwen3: the decoder with norms of each head of queries and keys, and a width of heads that its config names.
 *
 * @source Yang et al. 2025 (arXiv 2505.09388); huggingface/transformers v4.51.0, configuration_qwen3.py, modeling_qwen3.py
 */
import { z } from 'zod';
import type { ArchitectureKind } from './architecture.ts';
import { wholeContext, windowShape } from './config/attention-window.ts';
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

export interface Qwen3Architecture extends DecoderArchitecture {
  readonly kind: 'qwen3';
}

const configSchema = z.object({ ...decoderShape, ...windowShape, attention_bias: z.boolean().default(false) });

export const qwen3: ArchitectureKind<Qwen3Architecture, Angle, z.infer<typeof configSchema>> = {
  kind: 'qwen3',
  causal: true,
  names: DECODER_TENSORS,
  published: DECODER_WRITING,
  configSchema,
  configFields: DECODER_FIELDS,
  configuration: (config, file) => ({
    kind: 'qwen3',
    ...decoderFacts(config, file, { keyValueHeads: 32, headWidth: 128 }),
    contextLength: wholeContext(config, file),
    ...(config.attention_bias ? { attentionBias: 'qkvo' } : {}),
    headNorms: true,
  }),
  configJson: (net) => ({
    architectures: ['Qwen3ForCausalLM'],
    model_type: 'qwen3',
    attention_bias: net.attentionBias !== undefined,
    ...decoderJson(net),
  }),
  ...decoder(DECODER_NAMES),
};
