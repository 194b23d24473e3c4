/**
 * How far ahead an answer must be for another to be out of the race, looked at after every round.
 *
 * The lead after a round is a sum over strata of two independent draws each. Its variance is estimated from what is known before any
 * draw (how much the tokens' cross-entropies under the full mask scatter, and with them any mean of some of them) and from the
 * differences within the strata, as the mean of a scaled inverse chi-squared posterior; the lead over its root is then Student's t. What
 * is known never counts for less than a third: draws that agree by luck, few or many, can never decide by themselves.
 *
 * The risk is spent in equal parts on every look and every other answer, so that by Bonferroni's inequality the best answer is put out
 * at some look, by any other, with at most that probability (`results/racing-simulation.md` has noise with heavy tails).
 *
 * @source Gelman et al. 2013, *Bayesian Data Analysis*, section 2.6 (scaled inverse chi-squared); Armitage, McPherson and Rowe 1969 for
 *   what repeated looks do to a test
 */
import type { MonteCarlo } from '../../../core/response.ts';
import type { Fraction } from '../../../core/units.ts';
import { studentTQuantile } from '../../../stats/distributions/student-t-quantile.ts';

/** Strata that the variance known beforehand counts for: four, and one for every two that were drawn from. */
const priorDegrees = (strata: number): number => 4 + strata / 2;

/** What is looked at: a lead, the variance of which `known` is expected, and the strata that its own error comes from. */
export interface LookedAt extends Pick<MonteCarlo, 'stderr'> {
  readonly known: number;
  readonly strata: number;
}

/** Standard error of a lead with what was known of it. */
export function boundedError({ stderr, known, strata }: LookedAt): number {
  const prior = priorDegrees(strata);
  return Math.sqrt((prior * known + strata * stderr ** 2) / (prior + strata));
}

/**
 * Standard errors by which one answer must lead another.
 *
 * @param looks  rounds after which there is a look, at most
 * @param others answers beside the best
 */
export function errorsToLead(strata: number, risk: Fraction, looks: number, others: number): number {
  const key = [strata, risk, looks, others].join();
  const known =
    quantiles.get(key) ?? studentTQuantile(1 - risk / (looks * Math.max(1, others)), priorDegrees(strata) + strata);
  quantiles.set(key, known);
  return known;
}

const quantiles = new Map<string, number>();
