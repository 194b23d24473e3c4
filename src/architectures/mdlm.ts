/**
 * MDLM: a masked-diffusion network in its hub layout. The mask is the last row; the published code takes it out of the softmax. With
 * `time_conditioning: false` the net is told no noise: it reads σ = 0 whatever the input, and embedder and adaLN act all the same.
 *
 * @source Sahoo et al. 2024 (arXiv 2406.07524); kuleshov-group/mdlm at c112c52
 */
import { z } from 'zod';
import type { ArchitectureKind } from './architecture.ts';
import { count, layerCount } from './config/config-rules.ts';
import {
  DIT_NAMES,
  type DitArchitecture,
  type DitInput,
  ditBody,
  ditConfiguration,
  ditFeeds,
  ditHeads,
  ditInputs,
  ditLogits,
} from './dit.ts';
import { LOG_LINEAR } from './noise-schedules.ts';

export interface MdlmArchitecture extends DitArchitecture {
  readonly kind: 'mdlm';
  readonly readsNoise: boolean;
}

const configSchema = z.object({
  hidden_dim: count,
  cond_dim: count,
  model_length: count,
  n_blocks: layerCount,
  n_heads: count,
  time_conditioning: z.boolean().default(false),
});

export const mdlm: ArchitectureKind<MdlmArchitecture, DitInput, z.infer<typeof configSchema>> = {
  kind: 'mdlm',
  causal: false,
  names: { ...DIT_NAMES, prefix: 'backbone.', prefixedHead: true },
  linears: 'out-in',
  diffusion: ({ readsNoise, vocabularyRows }) => {
    const samplers = ['ddpm-cache', 'ddpm'] as const;
    return { maskId: vocabularyRows - 1, schedule: LOG_LINEAR, readsNoise, logScoreOffset: null, samplers };
  },
  published: { temperature: 1, confidenceTemperature: 1, cleansUp: true },
  tokenizer: 'GPT-2',
  configSchema,
  configFields: { ignored: ['dropout'] },
  configuration: (config, file) => {
    const { n_blocks: layers, hidden_dim: width, n_heads: heads } = config;
    const sizes = { layers, width, heads, conditionWidth: config.cond_dim, contextLength: config.model_length };
    return { kind: 'mdlm', ...ditConfiguration(sizes, file), readsNoise: config.time_conditioning };
  },
  configJson: (net) => ({
    architectures: ['MDLM'],
    model_type: 'mdlm',
    cond_dim: net.conditionWidth,
    hidden_dim: net.width,
    model_length: net.contextLength,
    n_blocks: net.layers,
    n_heads: net.heads,
    time_conditioning: net.readsNoise,
    vocab_size: net.vocabularyRows,
  }),
  body: ditBody,
  heads: ditHeads,
  inputs: ditInputs,
  feeds: (net, batch, noise) => {
    if (noise === undefined || (net.readsNoise && noise.sigmas.some(Number.isNaN)))
      throw new TypeError('MDLM with time conditioning must be told its noise');
    const { sigmas } = noise;
    return ditFeeds(net, batch, noise, net.readsNoise ? sigmas : new Float32Array(sigmas.length));
  },
  logits: ditLogits,
};
