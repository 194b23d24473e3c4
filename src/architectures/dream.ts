/**
 * Dream and DiffuCoder: Qwen2's network, adapted to masked diffusion: full attention, and a token's prediction stands one
 * position before it. The mask is in `config.json` alone: the `generation_config.json` that is published beside it has none.
 *
 * @source Ye et al. 2025 (arXiv 2508.15487), Gong et al. 2025 (arXiv 2506.20639); DreamLM/Dream at fac0a7f
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

export interface DreamArchitecture extends DecoderArchitecture {
  readonly kind: 'Dream';
}

const configSchema = z.object({ ...decoderShape, ...windowShape, mask_token_id: z.int().nonnegative().nullish() });

export const dream: ArchitectureKind<DreamArchitecture, Angle, z.infer<typeof configSchema>> = {
  kind: 'Dream',
  causal: false,
  answering: ({ mask_token_id }) => ({ family: 'diffusion', shift: true, maskId: mask_token_id ?? null }),
  names: DECODER_TENSORS,
  published: DECODER_WRITING,
  configSchema,
  configFields: DECODER_FIELDS,
  configuration: (config, file) => ({
    kind: 'Dream',
    ...decoderFacts(config, file, { keyValueHeads: 32 }),
    contextLength: wholeContext(config, file),
    attentionBias: 'qkv',
  }),
  configJson: (net, { maskId = null } = {}) => ({
    architectures: ['DreamModel'],
    model_type: 'Dream',
    mask_token_id: maskId,
    ...decoderJson(net),
  }),
  ...decoder(DECODER_NAMES),
};
