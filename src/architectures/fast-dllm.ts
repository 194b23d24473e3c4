/**
 * Fast-dLLM v2: Qwen2's network, adapted to denoise one block of tokens after the other; a token's prediction stands one
 * position before it. The mask is a token of its vocabulary that the config does not name.
 *
 * @source Wu et al. 2025 (arXiv 2509.26328), and the classes that are published with it: `bd_size` is the length of a block, 32 where
 *   absent; block q sees block k ≤ q
 */
import { z } from 'zod';
import { count } from './config/config-rules.ts';
import { decoderClass, decoderShape, windowShape } from './config/decoder-config.ts';
import { decoder } from './decoder.ts';

export const fastDllm = decoderClass(decoder, {
  kind: 'Fast_dLLM_Qwen',
  name: 'Fast_dLLM_QwenForCausalLM',
  causal: false,
  answering: ({ bd_size }) => ({ family: 'diffusion', shift: true, blockLength: bd_size }),
  configSchema: z.object({ ...decoderShape, ...windowShape, bd_size: count.default(32) }),
  standard: { keyValueHeads: 32 },
  facts: () => ({ attentionBias: 'qkv' as const }),
  json: (_net, { blockLength = null } = {}) => ({ bd_size: blockLength }),
});
