/**
 * Dream and DiffuCoder: Qwen2's network, adapted to masked diffusion: full attention, and a token's prediction stands one
 * position before it. The mask is in `config.json` alone: the `generation_config.json` that is published beside it has none.
 *
 * @source Ye et al. 2025 (arXiv 2508.15487), Gong et al. 2025 (arXiv 2506.20639); DreamLM/Dream at fac0a7f
 */
import { z } from 'zod';
import { decoderClass, decoderShape, windowShape } from './config/decoder-config.ts';
import { decoder } from './decoder.ts';

export const dream = decoderClass(decoder, {
  kind: 'Dream',
  name: 'DreamModel',
  causal: false,
  answering: ({ mask_token_id }) => ({ family: 'diffusion', shift: true, maskId: mask_token_id ?? null }),
  configSchema: z.object({ ...decoderShape, ...windowShape, mask_token_id: z.int().nonnegative().nullish() }),
  standard: { keyValueHeads: 32 },
  facts: () => ({ attentionBias: 'qkv' as const }),
  json: (_net, { maskId = null } = {}) => ({ mask_token_id: maskId }),
});
