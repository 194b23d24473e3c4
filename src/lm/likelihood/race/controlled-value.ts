/**
 * The bound Σ_k c(k) e(k) from the full mask and the draws of a race. The pass with all tokens masked gives what each token costs then,
 * f_1 … f_L with mean f. From these alone one can guess what a draw will give that masks k tokens S:
 *
 *   g(S) = f − γ f (1 − k/L) + β(k) [mean_S(f) − f] + λ [left(S) − E left] + ρ [right(S) − E right]
 *
 * Tokens cost less where others stand around them; those that are hard when all is masked stay hard; and a token costs more if the one beside
 * it is masked too: left(S) is the sum of f_j / k over the masked tokens whose left neighbour is masked. The mean of g over all S of k tokens
 * is f − γ f (1 − k/L), known without a pass. So a draw enters as its distance from its guess, divided by its chance:
 *
 *   Σ_k c(k) [f − γ f (1 − k/L)] + (1/n) Σ_d c(k_d) / P(k_d) · [mean_d − g(S_d)]
 *
 * is unbiased whatever the four coefficients are; good ones make it less noisy. They are constants (from four tasks and one trained
 * checkpoint, `docs/racing.md`), not fitted to the draws, so draws stay independent and the differences within strata say how noisy they are.
 *
 * @source Owen 2013, *Monte Carlo theory, methods and examples*, section 8.9 (control variates)
 */
import type { Nats } from '../../../core/units.ts';
import type { Coefficients, Combination } from '../elbo.ts';
import { chanceOf } from './mask-counts.ts';

const GAMMA = 0.35;
const LAMBDA = 0.35;
const RHO = -0.1;
const beta = (share: number): number => 0.27 + 0.75 * share;

/** What the passes of an answer gave. */
export interface RacedPasses {
  /** Of each token under the full mask. */
  readonly tokens: readonly Nats[];
  /** Offsets that each draw masked, by stratum in pairs. */
  readonly masks: readonly (readonly number[])[];
  /** Mean over the masked tokens of each draw. */
  readonly means: readonly Nats[];
}

/** Value of an answer of at least two tokens, and what is known of its noise before any draw. */
export interface ControlledValue {
  readonly combination: Combination;
  /** Variance, as expected from the full mask. */
  readonly known: number;
}

export function controlledValue({ tokens, masks, means }: RacedPasses, coefficients: Coefficients): ControlledValue {
  const length = tokens.length;
  const full = mean(tokens);
  const expected = (k: number): Nats => full - GAMMA * full * (1 - k / length);
  let exact = 0;
  for (let k = 1; k <= length; k++) exact += coefficients(k, length) * expected(k);
  const draws = masks.map((mask, d) => {
    const weight = coefficients(mask.length, length) / (masks.length * chanceOf(mask.length, length));
    return weight * ((means[d] as Nats) - expected(mask.length) - guessed(mask, tokens, full));
  });
  return { combination: { exact, draws }, known: expectedVariance(tokens, coefficients, masks.length) };
}

/** By how much a mask differs from the mean of all masks of as many tokens, as guessed from the full mask. */
function guessed(mask: readonly number[], tokens: readonly Nats[], full: Nats): Nats {
  const [k, length] = [mask.length, tokens.length];
  let [own, left, right] = [0, 0, 0];
  mask.forEach((offset, at) => {
    const cost = tokens[offset] as Nats;
    own += cost;
    if (mask[at - 1] === offset - 1) left += cost;
    if (mask[at + 1] === offset + 1) right += cost;
  });
  const sum = full * length;
  const both = (k - 1) / (length * (length - 1)); // P(a token and its neighbour are masked) / k
  const leftOf = left / k - (sum - (tokens[0] as Nats)) * both;
  const rightOf = right / k - (sum - (tokens[length - 1] as Nats)) * both;
  return beta(k / length) * (own / k - full) + LAMBDA * leftOf + RHO * rightOf;
}

/**
 * Variance of Σ_k c(k) e(k) over which tokens a draw masks, if a token cost the same whatever else is masked: means of k of L values
 * without replacement, k as drawn. Few tokens say little of how much tokens scatter, so one more is added to them that is half the mean away
 * from it.
 *
 * @param tokens cross-entropies under the full mask, two at least
 * @source Cochran 1977, *Sampling Techniques*, theorem 2.2
 */
export function expectedVariance(tokens: readonly Nats[], coefficients: Coefficients, draws: number): number {
  const length = tokens.length;
  const center = mean(tokens);
  const squares = tokens.reduce((sum, value) => sum + (value - center) ** 2, 0);
  const scatter = (squares + (center / 2) ** 2) / length;
  let sum = 0;
  for (let k = 1; k < length; k++) {
    sum += (coefficients(k, length) ** 2 * (1 / k - 1 / length)) / chanceOf(k, length);
  }
  return (scatter * sum) / draws;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
