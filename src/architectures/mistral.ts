/**
 * Mistral: the decoder as it is, with attention that reaches back a window (`attention-window.ts`).
 *
 * @source Jiang et al. 2023 (arXiv 2310.06825); huggingface/transformers v4.44.2, configuration_mistral.py, modeling_mistral.py
 */
import { z } from 'zod';
import type { ArchitectureKind } from './architecture.ts';
import { wholeContext, windowShape } from './config/attention-window.ts';
import { count } from './config/config-rules.ts';
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

export interface MistralArchitecture extends DecoderArchitecture {
  readonly kind: 'mistral';
}

/** The class has a window where its config says nothing; null: none. */
const configSchema = z.object({
  ...decoderShape,
  sliding_window: count.nullable().default(4096),
  layer_types: windowShape.layer_types,
});

export const mistral: ArchitectureKind<MistralArchitecture, Angle, z.infer<typeof configSchema>> = {
  kind: 'mistral',
  causal: true,
  names: DECODER_TENSORS,
  published: DECODER_WRITING,
  configSchema,
  configFields: DECODER_FIELDS,
  configuration: (config, file) => ({
    kind: 'mistral',
    ...decoderFacts(config, file, { keyValueHeads: 8 }),
    contextLength: wholeContext({ ...config, use_sliding_window: true }, file),
  }),
  configJson: (net) => ({
    architectures: ['MistralForCausalLM'],
    model_type: 'mistral',
    sliding_window: null,
    ...decoderJson(net),
  }),
  ...decoder(DECODER_NAMES),
};
