/**
 * The bound Σ_k c(k) e(k) from the full mask and the draws of a race. The pass with all tokens masked gives what each token costs then,
 * f_1 … f_L with mean f. From these alone one can guess what token i costs when k tokens S are masked, it among them:
 *
 *   g_i(S) = f − γ f (1 − k/L) + β(k) [f_i − f] + λ f_i [left_i − p] + ρ f_i [right_i − p],    p = (k − 1) / (L − 1)
 *
 * Tokens cost less where others stand around them; those that are hard when all is masked stay hard; and a token costs more if the one beside
 * it is masked too: left_i is 1 where that to its left is masked, which has the chance p. The mean of g_i over all S of k tokens and the
 * tokens in them is f − γ f (1 − k/L), known without a pass. What the other draws add to the guess (`learned-guess.ts`) has the mean 0. So a
 * draw enters as its distance from its guess, divided by its chance:
 *
 *   Σ_k c(k) [f − γ f (1 − k/L)] + (1/n) Σ_d c(k_d) / P(k_d) · [mean_d − g(S_d)]
 *
 * is unbiased whatever the four coefficients are; good ones make it less noisy. They are constants (from four tasks and one trained
 * checkpoint, `docs/racing.md`).
 *
 * @source Owen 2013, *Monte Carlo theory, methods and examples*, section 8.9 (control variates)
 */
import type { Nats } from '../../../core/units.ts';
import type { Coefficients, Combination } from '../elbo.ts';
import { learnedGuesses, type ResidualDraw } from './learned-guess.ts';
import { chanceOf } from './mask-counts.ts';

const GAMMA = 0.35;
const LAMBDA = 0.35;
const RHO = -0.1;
const beta = (share: number): number => 0.27 + share;

/** Share of the variance that so many draws leave where each is guessed from the others as well; as measured, `docs/racing.md`. */
const leftAfter = (draws: number): number => 1 - (0.45 * draws) / (draws + 8);

/** What the passes of an answer gave. */
export interface RacedPasses {
  /** Of each token under the full mask. */
  readonly tokens: readonly Nats[];
  /** Offsets that each draw masked, by stratum in pairs. */
  readonly masks: readonly (readonly number[])[];
  /** What each masked token of each draw costs. */
  readonly costs: readonly (readonly Nats[])[];
}

/** Value of an answer of at least two tokens, and what is known of its noise before any draw. */
export interface ControlledValue {
  readonly combination: Combination;
  /** Variance, as expected from the full mask. */
  readonly known: number;
}

export function controlledValue(passes: RacedPasses, coefficients: Coefficients): ControlledValue {
  const { tokens, masks } = passes;
  const length = tokens.length;
  let exact = 0;
  for (let k = 1; k <= length; k++) exact += coefficients(k, length) * expectedCost(k, tokens);
  const beyond = beyondFullMask(passes);
  const learned = learnedGuesses(beyond, length);
  const draws = beyond.map(({ mask, residuals }, d) => {
    const weight = coefficients(mask.length, length) / (masks.length * chanceOf(mask.length, length));
    return weight * (mean(residuals) - (learned[d] as Nats));
  });
  const known = leftAfter(masks.length) * expectedVariance(tokens, coefficients, masks.length);
  return { combination: { exact, draws }, known };
}

/** Mean over the masked tokens and all masks of k, as guessed from the full mask. */
const expectedCost = (k: number, tokens: readonly Nats[]): Nats => mean(tokens) * (1 - GAMMA * (1 - k / tokens.length));

/** What the masked tokens of each draw cost beyond what the full mask foretells. */
export function beyondFullMask({ tokens, masks, costs }: RacedPasses): readonly ResidualDraw[] {
  return masks.map((mask, d) => {
    const guesses = guessed(mask, tokens);
    return { mask, residuals: guesses.map((guess, at) => (costs[d]?.[at] as Nats) - guess) };
  });
}

/** What each masked token costs, as guessed from the full mask. */
function guessed(mask: readonly number[], tokens: readonly Nats[]): readonly Nats[] {
  const [k, length, full] = [mask.length, tokens.length, mean(tokens)];
  const [expected, chance] = [expectedCost(k, tokens), (k - 1) / (length - 1)];
  return mask.map((offset, at) => {
    const own = tokens[offset] as Nats;
    const left = offset === 0 ? 0 : Number(mask[at - 1] === offset - 1) - chance;
    const right = offset === length - 1 ? 0 : Number(mask[at + 1] === offset + 1) - chance;
    return expected + beta(k / length) * (own - full) + (LAMBDA * left + RHO * right) * own;
  });
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
