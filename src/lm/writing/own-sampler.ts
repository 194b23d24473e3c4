/**
 * The samplers of SEDD, MDLM and BD3-LM, each by the one number in which it differs: how likely a masked position becomes a token in
 * the step from time t down to s. What token that is, the denoiser says, for every sampler alike.
 *
 * A network whose outputs are scores does not quite normalise: Z is the sum of what it puts out for p(y | what is visible).
 *
 *   ddpm-cache   (t − s) / t
 *   ddpm         (m(t) − m(s)) / m(t)                      with m(t) = 1 − exp(−σ(t))
 *   euler        (t − s) σ′(t) / (exp(σ(t)) − 1) · Z
 *   analytic     (exp(σ(t) − σ(s)) − 1) / (exp(σ(t)) − 1) · Z
 *
 * An untrained network may have Z so large that this exceeds 1 and the published weight of staying masked is negative; both codes
 * then choose a token, as is done here.
 *
 * @source `_ddpm_update` and `_ddpm_caching_update` of kuleshov-group/mdlm at c112c52 and of kuleshov-group/bd3lms at 1c3e8f4;
 *   `EulerPredictor`, `AnalyticPredictor`, `Denoiser` of louaaron/Score-Entropy-Discrete-Diffusion at 0605786
 */
import type { OwnDiffusion } from '../../architectures/architecture.ts';
import type { OwnSampler } from '../../core/samplers/choice.ts';
import type { Fraction } from '../../core/units.ts';
import { maskingChance, ownTotal } from '../likelihood/own-bound.ts';

/** Times of a step; after the last one nothing is masked. */
export interface OwnStep {
  readonly t: number;
  readonly s: number;
  readonly isLast: boolean;
}

/** Where the published grids end: what is masked there becomes a token in one more step. */
const END = 1e-5;

/**
 * K steps of equal length from t = 1, and one that leaves nothing masked. Blocks that are denoised one after another go down to
 * t = 0, so that the last of their K steps does.
 */
export function ownSteps(K: number, { blockLength }: Pick<OwnDiffusion, 'blockLength'>): readonly OwnStep[] {
  const end = blockLength === undefined ? END : 0;
  const time = (i: number): number => 1 - ((1 - end) * i) / K;
  const steps = Array.from({ length: K }, (_, i) => ({ t: time(i), s: time(i + 1), isLast: end === 0 && i === K - 1 }));
  return end === 0 ? steps : [...steps, { t: end, s: 0, isLast: true }];
}

/** Whether the chance is the same for every position, whatever the network says. */
export const isFixed = (sampler: OwnSampler): boolean => sampler === 'ddpm' || sampler === 'ddpm-cache';

/** @param logTotal of the outputs of the position; of networks whose outputs are scores */
export function revealChance(
  sampler: OwnSampler,
  { t, s, isLast }: OwnStep,
  own: OwnDiffusion,
  logTotal?: number,
): Fraction {
  if (isLast) return 1;
  const { schedule } = own;
  const sigma = schedule.total(t);
  const Z = (): number => ownTotal(logTotal, own, sigma);
  const chances = {
    'ddpm-cache': () => (t - s) / t,
    ddpm: () => 1 - maskingChance(schedule, s) / maskingChance(schedule, t),
    euler: () => (((t - s) * schedule.rate(t)) / Math.expm1(sigma)) * Z(),
    analytic: () => (Math.expm1(sigma - schedule.total(s)) / Math.expm1(sigma)) * Z(),
  };
  return chances[sampler]();
}
