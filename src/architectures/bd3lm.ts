/**
 * BD3-LM: block diffusion in its hub layout. The network of MDLM; a token sees its own block and those before it, which are clean
 * when the block is denoised. The published training reads a noisy and a clean copy in one run; here a block is read after its
 * clean past, which gives the same numbers.
 *
 * @source Arriola et al. 2025 (arXiv 2503.09573); kuleshov-group/bd3lms at 1c3e8f4, models/hf/modeling_bd3lm.py
 */
import { z } from 'zod';
import type { ArchitectureKind } from './architecture.ts';
import { count, requireMultiple } from './config/config-rules.ts';
import { ditHubJson, ditHubShape, ditHubSizes } from './config/dit-hub-config.ts';
import { DIT, DIT_NAMES, type DitArchitecture, type DitInput, ditConfiguration, ditFeeds } from './dit.ts';
import { LINEAR } from './noise-schedules.ts';

export interface Bd3lmArchitecture extends DitArchitecture {
  readonly kind: 'bd3lm';
  /** Tokens of a block, counted from the start of the sequence. */
  readonly blockLength: number;
}

const configSchema = z.object({
  ...ditHubShape,
  block_size: count,
});

export const bd3lm: ArchitectureKind<Bd3lmArchitecture, DitInput, z.infer<typeof configSchema>> = {
  ...DIT,
  kind: 'bd3lm',
  names: { ...DIT_NAMES, prefix: 'backbone.', prefixedHead: true },
  diffusion: ({ vocabularyRows, blockLength }) => {
    const own = { schedule: LINEAR, readsNoise: false, logScoreOffset: null, samplers: ['ddpm-cache'] } as const;
    return { ...own, maskId: vocabularyRows - 1, blockLength };
  },
  configSchema,
  configFields: {
    only: { adaln: [true], causal: [false], cross_attn: [true], time_conditioning: [false] },
    ignored: ['attn_backend', 'dropout', 'sampling_eps_max', 'sampling_eps_min', 'var_min'],
  },
  configuration: (config, file) => {
    requireMultiple(file, 'model_length', config.model_length, 'block_size', config.block_size);
    return { kind: 'bd3lm', ...ditConfiguration(ditHubSizes(config), file), blockLength: config.block_size };
  },
  configJson: (net) => ({
    architectures: ['BD3LM'],
    model_type: 'bd3lm',
    adaln: true,
    block_size: net.blockLength,
    causal: false,
    cross_attn: true,
    time_conditioning: false,
    ...ditHubJson(net),
  }),
  feeds: (net, batch, noise) => {
    if (noise === undefined) throw new TypeError('BD3-LM must be told which token belongs to which sequence');
    return ditFeeds(net, batch, noise, new Float32Array(noise.sigmas.length));
  },
};
