/** A language model as the runner sees it: questions in, responses out. */
import type { ModelIdentity, PrecisionSettings, RaceSettings, ScoringSettings } from './manifest.ts';
import type { Question } from './question.ts';
import type { Response } from './response.ts';
import { OWN_SAMPLERS, type OwnSampler } from './samplers/choice.ts';
import type { TextTrace } from './trace.ts';

export type { ModelIdentity, PrecisionSettings, RaceSettings, ScoringSettings };

/**
 * How scores are computed. The number after the stroke is raised whenever the same inputs would give other numbers, so
 * that results of two versions never mix in one run.
 */
export const ESTIMATOR = {
  /** Exact log-likelihoods, left to right. */
  causal: 'loglikelihood/1',
  /** e(k) over all masks, or stratified masks with a control variate. */
  bound: 'masked-cross-entropies/2',
  /** The same, summed over the blocks that a model denoises one after another. */
  blockBound: 'block-cross-entropies/1',
  /** As `bound`, of a network that is told the noise that goes with the share of masked tokens. */
  toldBound: 'told-cross-entropies/1',
  /** The three above, over masks that come in rounds, until the choice is decided. */
  racedBound: 'raced-masked-cross-entropies/1',
  racedBlockBound: 'raced-block-cross-entropies/1',
  racedToldBound: 'raced-told-cross-entropies/1',
  /** The published procedure, seeded. */
  official: 'official/1',
  /** Text written left to right, greedily. */
  decoder: 'greedy/1',
  /** Text written by denoising. */
  denoiser: 'denoising/2',
  /** Text written by a network's own sampler. */
  'ddpm-cache': 'ddpm-cache/1',
  ddpm: 'ddpm/1',
  euler: 'euler/1',
  analytic: 'analytic/1',
} as const;

/** What decides a race; raised as `ESTIMATOR` is. */
export const RACE_VERSION = { design: 'nested-pairs/3', boundary: 'spent-student/2' } as const;

/** What is computed again in float32 where most is computed in fewer bits; raised as `ESTIMATOR` is. */
export const PRECISION_RULES = {
  /** Items whose lead is within reach of the error, and a share drawn by name. */
  causal: 'lead-reach/1',
  /** Both draws of strata drawn by name, and the full mask. */
  bound: 'corrected-strata/1',
  /** Questions that a race leaves open for what fewer bits may move alone, and a share drawn by name. */
  race: 'raced-again/1',
} as const;

/** Is a stored estimator this one, whatever its version? */
export const isEstimator = (stored: string, one: keyof typeof ESTIMATOR): boolean =>
  stored.split('/')[0] === ESTIMATOR[one].split('/')[0];

/** Is a stored estimator one of e(k)? */
export const isBound = (stored: string): boolean =>
  (['bound', 'blockBound', 'toldBound'] as const).some((one) => isEstimator(stored, one));

/** The sampler by which text was written that is a network's own; null for all else. */
export const ownSamplerOf = (stored: string): OwnSampler | null =>
  OWN_SAMPLERS.find((sampler) => isEstimator(stored, sampler)) ?? null;

/** Is it text written by denoising? */
export const isDenoising = (stored: string): boolean =>
  isEstimator(stored, 'denoiser') || ownSamplerOf(stored) !== null;

/** What computed numbers. */
export type ComputedBy = Pick<ModelIdentity, 'engine' | 'dtype' | 'device' | 'provider'>;

/** The same, as tables say it: engine, provider where it is not the CPU's, and in what weights are held. */
export const engineText = ({ engine, provider, dtype }: Omit<ComputedBy, 'device'>): string =>
  `${engine}${provider === undefined ? '' : ` (${provider})`} ${dtype}`;

/** In what most passes were computed, and what corrects or checks them. */
export const precisionText = ({ cheap }: Pick<PrecisionSettings, 'cheap'>): string => `mixed ${cheap} and float32`;

/** In what the weights of a run were held. */
export const heldIn = ({ model, settings: { precision } }: Held): string =>
  precision === undefined ? model.dtype : precisionText(precision);

/** A run's manifest, as far as `heldIn` reads it. */
interface Held {
  readonly model: Pick<ModelIdentity, 'dtype'>;
  readonly settings: { readonly precision?: PrecisionSettings };
}

/** Whether a dtype rounds no published weight. */
export const isExact = (dtype: string): boolean => dtype === 'float32' || dtype === 'float64';

/** Where numbers were computed, by the name of the device. */
export const deviceOf = ({ device = 'cpu' }: Pick<ModelIdentity, 'device'>): string => device;

/** One question to answer. `key` names its random streams: the same key and seed draw the same masks for every model. */
export interface Ask {
  readonly key: string;
  readonly question: Question;
}

/** What went through a network. Never part of a result. */
export interface NetWork {
  /** Tokens of all sequences, those of the prompt and of every denoising step included; padding is not counted. */
  readonly tokens: number;
  /** Multiplications and additions of the matrix products for them. */
  readonly flops: number;
}

export const NO_WORK: NetWork = { tokens: 0, flops: 0 };

export const addWork = (a: NetWork, b: NetWork): NetWork => ({
  tokens: a.tokens + b.tokens,
  flops: a.flops + b.flops,
});

/** Who looks on while a model writes. What it is told changes no answer. */
export interface AnswerWatch {
  /** Given the steps of each text that was written by denoising. `key` is that of the question. */
  readonly onTrace?: (key: string, trace: TextTrace) => void;
  /** Runs the work on all texts of T = `steps`. */
  readonly timed?: <Result>(steps: number, work: () => Promise<Result>) => Promise<Result>;
  /** Told what went through the network; `steps` of texts as for `timed`, else null. */
  readonly onWork?: (work: NetWork, steps: number | null) => void;
}

export interface LanguageModel {
  readonly identity: ModelIdentity;
  /**
   * Answers in the order asked. A question that cannot be answered (too long, say) gives an `unanswered` response; the
   * answer to a question never depends on the other questions of the call.
   */
  answer(asks: readonly Ask[], settings: ScoringSettings, watch?: AnswerWatch): Promise<readonly Response[]>;
  dispose(): Promise<void>;
}
