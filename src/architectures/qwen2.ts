/**
 * Qwen2 and 2.5: the decoder with biases of queries, keys and values, which its config announces nowhere.
 *
 * @source Yang et al. 2024 (arXiv 2407.10671); huggingface/transformers v4.44.2, configuration_qwen2.py, modeling_qwen2.py
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

export interface Qwen2Architecture extends DecoderArchitecture {
  readonly kind: 'qwen2';
}

const configSchema = z.object({ ...decoderShape, ...windowShape });

export const qwen2: ArchitectureKind<Qwen2Architecture, Angle, z.infer<typeof configSchema>> = {
  kind: 'qwen2',
  causal: true,
  names: DECODER_TENSORS,
  published: DECODER_WRITING,
  configSchema,
  configFields: DECODER_FIELDS,
  configuration: (config, file) => ({
    kind: 'qwen2',
    ...decoderFacts(config, file, { keyValueHeads: 32 }),
    contextLength: wholeContext(config, file),
    attentionBias: 'qkv',
  }),
  configJson: (net) => ({ architectures: ['Qwen2ForCausalLM'], model_type: 'qwen2', ...decoderJson(net) }),
  ...decoder(DECODER_NAMES),
};
