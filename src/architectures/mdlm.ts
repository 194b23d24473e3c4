/**
 * MDLM: a masked-diffusion network in its hub layout. The mask is the last row; the published code takes it out of the softmax. With
 * `time_conditioning: false` the net is told no noise: it reads σ = 0 whatever the input, and embedder and adaLN act all the same.
 *
 * @source Sahoo et al. 2024 (arXiv 2406.07524); kuleshov-group/mdlm at c112c52
 */
import { z } from 'zod';
import type { ArchitectureKind } from './architecture.ts';
import { ditHubJson, ditHubShape, ditHubSizes } from './config/dit-hub-config.ts';
import { DIT, DIT_NAMES, type DitArchitecture, type DitInput, ditConfiguration, ditFeeds } from './dit.ts';
import { LOG_LINEAR } from './noise-schedules.ts';

export interface MdlmArchitecture extends DitArchitecture {
  readonly kind: 'mdlm';
  readonly readsNoise: boolean;
}

const configSchema = z.object({
  ...ditHubShape,
  time_conditioning: z.boolean().default(false),
});

export const mdlm: ArchitectureKind<MdlmArchitecture, DitInput, z.infer<typeof configSchema>> = {
  ...DIT,
  kind: 'mdlm',
  names: { ...DIT_NAMES, prefix: 'backbone.', prefixedHead: true },
  diffusion: ({ readsNoise, vocabularyRows }) => {
    const samplers = ['ddpm-cache', 'ddpm'] as const;
    return { maskId: vocabularyRows - 1, schedule: LOG_LINEAR, readsNoise, logScoreOffset: null, samplers };
  },
  configSchema,
  configFields: { ignored: ['dropout'] },
  configuration: (config, file) => ({
    kind: 'mdlm',
    ...ditConfiguration(ditHubSizes(config), file),
    readsNoise: config.time_conditioning,
  }),
  configJson: (net) => ({
    architectures: ['MDLM'],
    model_type: 'mdlm',
    time_conditioning: net.readsNoise,
    ...ditHubJson(net),
  }),
  feeds: (net, batch, noise) => {
    if (noise === undefined || (net.readsNoise && noise.sigmas.some(Number.isNaN)))
      throw new TypeError('MDLM with time conditioning must be told its noise');
    const { sigmas } = noise;
    return ditFeeds(net, batch, noise, net.readsNoise ? sigmas : new Float32Array(sigmas.length));
  },
};
