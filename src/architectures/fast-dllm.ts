/**
 * Fast-dLLM v2: Qwen2's network, adapted to denoise one block of tokens after the other; a token's prediction stands one
 * position before it. The mask is a token of its vocabulary that the config does not name.
 *
 * @source Wu et al. 2025 (arXiv 2509.26328), and the classes that are published with it: `bd_size` is the length of a block, 32 where
 *   absent; block q sees block k ≤ q
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

export interface FastDllmArchitecture extends DecoderArchitecture {
  readonly kind: 'Fast_dLLM_Qwen';
}

const configSchema = z.object({ ...decoderShape, ...windowShape, bd_size: count.default(32) });

export const fastDllm: ArchitectureKind<FastDllmArchitecture, Angle, z.infer<typeof configSchema>> = {
  kind: 'Fast_dLLM_Qwen',
  causal: false,
  answering: ({ bd_size }) => ({ family: 'diffusion', shift: true, blockLength: bd_size }),
  names: DECODER_TENSORS,
  published: DECODER_WRITING,
  configSchema,
  configFields: DECODER_FIELDS,
  configuration: (config, file) => ({
    kind: 'Fast_dLLM_Qwen',
    ...decoderFacts(config, file, { keyValueHeads: 32 }),
    contextLength: wholeContext(config, file),
    attentionBias: 'qkv',
  }),
  configJson: (net, { blockLength = null } = {}) => ({
    architectures: ['Fast_dLLM_QwenForCausalLM'],
    model_type: 'Fast_dLLM_Qwen',
    bd_size: blockLength,
    ...decoderJson(net),
  }),
  ...decoder(DECODER_NAMES),
};
