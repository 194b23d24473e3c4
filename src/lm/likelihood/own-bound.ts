/**
 * The bounds in which SEDD, MDLM and BD3-LM were trained, as one: at time t every token is masked with probability
 * m(t) = 1 − exp(−σ(t)), and the bound on −ln p(x) is the mean over t of
 *
 *   σ′(t) / (exp(σ(t)) − 1) · Σ over masked tokens of g,     g = Z − 1 − ln p̃(true token)
 *
 * where p̃ = (exp(σ) − 1) · s, s the concrete score, and Z = Σ p̃ over all tokens but the mask. For a network that normalises,
 * Z = 1 and g is its cross-entropy; else g exceeds the cross-entropy of p̃ / Z by Z − 1 − ln Z ≥ 0. So SEDD's own bound is never
 * below that of its normalised outputs. The weight is 1/t for every schedule that masks in proportion to t.
 *
 * Position 0 and what is left out of a mean are the business of those who call.
 *
 * @source `get_loss_fn` of louaaron/Score-Entropy-Discrete-Diffusion at 0605786 (its score entropy is g / (exp(σ) − 1));
 *   `_forward_pass_diffusion` of kuleshov-group/mdlm at c112c52 and of kuleshov-group/bd3lms at 1c3e8f4
 */
import type { NoiseSchedule, OwnDiffusion } from '../../architectures/architecture.ts';
import type { Fraction, Nats } from '../../core/units.ts';

/** Total noise that an input is said to have, and the time at which its schedule has so much where that was said. */
export interface GivenNoise {
  readonly sigma: number;
  readonly t: number | null;
}

/** Probability that a token is masked at time t. */
export const maskingChance = ({ total }: NoiseSchedule, t: number): Fraction => -Math.expm1(-total(t));

/** What a masked token's g counts for at time t. */
export const maskingWeight = ({ total, rate }: NoiseSchedule, t: number): number => rate(t) / Math.expm1(total(t));

/** What was read of a masked token; `logTotal` is absent for networks that normalise. */
export interface MaskedReading {
  readonly logprob: Nats;
  readonly logTotal?: number;
}

/** Logarithm of the concrete score of the true token, for an input with total noise σ. */
export function logScore(
  { logprob, logTotal = 0 }: MaskedReading,
  { logScoreOffset }: OwnDiffusion,
  sigma: number,
): Nats {
  const offset = logScoreOffset === null ? -Math.log(Math.expm1(sigma)) : logScoreOffset(sigma);
  return logprob + logTotal + offset;
}

/** Z of a position whose input has total noise σ: 1 for networks that normalise. */
export function ownTotal(logTotal: number | undefined, { logScoreOffset }: OwnDiffusion, sigma: number): number {
  if (logScoreOffset === null) return 1;
  return Math.exp((logTotal ?? 0) + logScoreOffset(sigma) + Math.log(Math.expm1(sigma)));
}

/** g of a masked token whose input has total noise σ. */
export function ownCrossEntropy(reading: MaskedReading, own: OwnDiffusion, sigma: number): Nats {
  if (own.logScoreOffset === null) return -reading.logprob;
  return ownTotal(reading.logTotal, own, sigma) - 1 - (logScore(reading, own, sigma) + Math.log(Math.expm1(sigma)));
}

/** SEDD's score entropy of a masked token whose input has total noise σ. */
export function scoreEntropy(reading: MaskedReading, own: OwnDiffusion, sigma: number): Nats {
  return ownCrossEntropy(reading, own, sigma) / Math.expm1(sigma);
}
