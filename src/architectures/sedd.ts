/**
 * SEDD: a network that is told how much noise its input has, and puts out concrete scores: how much likelier each token would be
 * than the one that stands there. Its files are those of its own training program: `config.json` is a resolved Hydra
 * configuration without `model_type`.
 *
 * With absorbing noise a masked position has the score s(y) = p(y | what is visible) / (exp(σ) − 1). So an output, from which the
 * published code takes ln(exp(σ) − 1) and ln(V − 1) to get ln s, is a logit of the denoiser: their softmax without the mask's row is
 * p(y | what is visible), whatever constant is added. The sum that it divides by is 1 for a perfect network; where it is not, the
 * network's own loss is the larger by sum − 1 − ln(sum) a masked token (`lm/likelihood/own-bound.ts`).
 *
 * @source Lou, Meng and Ermon 2023 (arXiv 2310.16834); louaaron/Score-Entropy-Discrete-Diffusion at 0605786; Ou et al. 2024
 *   (arXiv 2406.03736) for what a score says of the clean token
 */
import { z } from 'zod';
import { badCheckpoint } from '../core/errors.ts';
import type { ArchitectureKind, Configuration, NoiseSchedule, OwnDiffusion } from './architecture.ts';
import { count, layerCount, positive, unsupported } from './config/config-rules.ts';
import { DIT, DIT_NAMES, type DitArchitecture, type DitInput, ditConfiguration, ditFeeds } from './dit.ts';
import { geometric, LOG_LINEAR } from './noise-schedules.ts';

export interface SeddArchitecture extends DitArchitecture {
  readonly kind: 'sedd';
  /** Without the mask. */
  readonly tokens: number;
  /** `absorb`: noise masks tokens; `uniform`: it exchanges them for others. */
  readonly graph: 'absorb' | 'uniform';
  readonly noise: { readonly type: 'loglinear' | 'geometric'; readonly least: number; readonly most: number };
  readonly sampler: 'euler' | 'analytic';
  /** Whether ln(exp(σ) − 1) and ln(V − 1) are taken from the outputs. */
  readonly scaledBySigma: boolean;
}

const configSchema = z.object({
  tokens: count,
  graph: z.object({ type: z.enum(['absorb', 'uniform']) }),
  sampling: z.object({ predictor: z.enum(['euler', 'analytic', 'none']).default('analytic') }).optional(),
  noise: z.object({ type: z.enum(['loglinear', 'geometric']), sigma_min: positive, sigma_max: positive }),
  model: z.object({
    type: z.literal('ddit').default('ddit'),
    hidden_size: count,
    cond_dim: count,
    length: count,
    n_blocks: layerCount,
    n_heads: count,
    scale_by_sigma: z.boolean(),
  }),
});
type Config = z.infer<typeof configSchema>;

export const sedd: ArchitectureKind<SeddArchitecture, DitInput, Config> = {
  ...DIT,
  kind: 'sedd',
  names: { ...DIT_NAMES, prefix: '' },
  diffusion,
  configSchema,
  configFields: { ignored: ['ngpus', 'training', 'data', 'eval', 'optim', 'work_dir', 'wandb_name'] },
  configuration,
  configJson: (net) => ({
    tokens: net.tokens,
    graph: { type: net.graph },
    noise: { type: net.noise.type, sigma_min: net.noise.least, sigma_max: net.noise.most },
    sampling: { predictor: net.sampler },
    model: {
      type: 'ddit',
      hidden_size: net.width,
      cond_dim: net.conditionWidth,
      length: net.contextLength,
      n_blocks: net.layers,
      n_heads: net.heads,
      scale_by_sigma: net.scaledBySigma,
    },
  }),
  feeds: (net, batch, noise) => {
    if (noise === undefined || noise.sigmas.some(Number.isNaN)) throw new TypeError('SEDD must be told its noise');
    return ditFeeds(net, batch, noise, noise.sigmas);
  },
};

function configuration(config: Config, file: string): Configuration<SeddArchitecture> {
  const { graph, noise, model } = config;
  if (graph.type === 'uniform' && model.scale_by_sigma) {
    throw unsupported(file, 'model.scale_by_sigma true with graph.type "uniform"; expected false');
  }
  const sizes = {
    layers: model.n_blocks,
    width: model.hidden_size,
    heads: model.n_heads,
    conditionWidth: model.cond_dim,
    contextLength: model.length,
  };
  return {
    kind: 'sedd',
    ...ditConfiguration(sizes, file),
    tokens: config.tokens,
    graph: graph.type,
    noise: { type: noise.type, least: noise.sigma_min, most: noise.sigma_max },
    sampler: config.sampling?.predictor === 'euler' ? 'euler' : 'analytic',
    scaledBySigma: model.scale_by_sigma,
  };
}

/** @throws HarnessError 'bad-checkpoint' where the table has other rows than the tokens and the mask */
function diffusion(net: SeddArchitecture): OwnDiffusion {
  const { tokens, graph, noise, sampler, scaledBySigma, vocabularyRows } = net;
  const rows = tokens + (graph === 'absorb' ? 1 : 0);
  if (vocabularyRows !== rows) {
    const what = `tokens ${tokens} with graph.type "${graph}" makes ${rows} rows; the embedding has ${vocabularyRows}`;
    throw badCheckpoint('config.json', what);
  }
  const schedule: NoiseSchedule = noise.type === 'loglinear' ? LOG_LINEAR : geometric(noise.least, noise.most);
  return {
    maskId: graph === 'absorb' ? vocabularyRows - 1 : null,
    schedule,
    readsNoise: true,
    samplers: sampler === 'euler' ? ['euler', 'analytic'] : ['analytic', 'euler'],
    logScoreOffset: (sigma) => (scaledBySigma ? -Math.log(Math.expm1(sigma)) - Math.log(vocabularyRows - 1) : 0),
  };
}
