/**
 * SDAR: Qwen3's network, made to denoise one block of tokens after the other: a token sees its own block and all before it,
 * and is predicted where it stands.
 *
 * @source Cheng et al. 2025 (arXiv 2510.06303); JetAstra/SDAR at c2041a8
 */
import { z } from 'zod';
import { count } from './config/config-rules.ts';
import { biased, decoderClass, decoderShape, windowShape } from './config/decoder-config.ts';
import { decoder } from './decoder.ts';

const configSchema = z.object({
  ...decoderShape,
  ...windowShape,
  attention_bias: z.boolean().default(false),
  block_size: count.nullish(),
  mask_token_id: z.int().nonnegative().nullish(),
});

export const sdar = decoderClass(decoder, {
  kind: 'sdar',
  name: 'SDARForCausalLM',
  causal: false,
  answering: ({ block_size, mask_token_id }) => ({
    family: 'diffusion',
    shift: false,
    maskId: mask_token_id ?? null,
    blockLength: block_size ?? null,
  }),
  configSchema,
  standard: { keyValueHeads: 32, headWidth: 128 },
  facts: (config) => ({ ...biased(config), headNorms: true as const }),
  json: ({ attentionBias }, { maskId = null, blockLength = null } = {}) => ({
    attention_bias: attentionBias !== undefined,
    block_size: blockLength,
    mask_token_id: maskId,
  }),
});
