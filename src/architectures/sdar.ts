/**
 * SDAR: Qwen3's network, made to denoise one block of tokens after the other: a token sees its own block and all before it,
 * and is predicted where it stands.
 *
 * @source Cheng et al. 2025 (arXiv 2510.06303); JetAstra/SDAR at c2041a8
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

export interface SdarArchitecture extends DecoderArchitecture {
  readonly kind: 'sdar';
}

const configSchema = z.object({
  ...decoderShape,
  ...windowShape,
  attention_bias: z.boolean().default(false),
  block_size: count.nullish(),
  mask_token_id: z.int().nonnegative().nullish(),
});

export const sdar: ArchitectureKind<SdarArchitecture, Angle, z.infer<typeof configSchema>> = {
  kind: 'sdar',
  causal: false,
  answering: ({ block_size, mask_token_id }) => ({
    family: 'diffusion',
    shift: false,
    maskId: mask_token_id ?? null,
    blockLength: block_size ?? null,
  }),
  names: DECODER_TENSORS,
  published: DECODER_WRITING,
  configSchema,
  configFields: DECODER_FIELDS,
  configuration: (config, file) => ({
    kind: 'sdar',
    ...decoderFacts(config, file, { keyValueHeads: 32, headWidth: 128 }),
    contextLength: wholeContext(config, file),
    ...(config.attention_bias ? { attentionBias: 'qkvo' } : {}),
    headNorms: true,
  }),
  configJson: (net, { maskId = null, blockLength = null } = {}) => ({
    architectures: ['SDARForCausalLM'],
    model_type: 'sdar',
    attention_bias: net.attentionBias !== undefined,
    block_size: blockLength,
    mask_token_id: maskId,
    ...decoderJson(net),
  }),
  ...decoder(DECODER_NAMES),
};
