/**
 * How far ahead an answer must be for another to be out of the race, looked at after every round.
 *
 * A lead is a sum over strata of two independent draws each, and the squared differences within the strata estimate its variance without bias.
 * These are few, so what is known besides is counted with them, as scaled inverse chi-squared: what the full mask leads to expect stands for
 * four strata; by how much the draws of all open answers of the question depart from that in common is learned from all of them together; and
 * what one lead departs from that in common is learned from its own. Half of what was expected is counted in any case. A lead over the root of
 * that is compared with Student's t.
 *
 * The risk is spent in equal parts on the looks (Bonferroni's inequality). It is not divided by the answers: for a wrong answer to win, it
 * must be so far ahead of *every* other one, and that is likeliest where but one other is level with it (`results/racing-simulation.md` has
 * this, and noise with heavy tails).
 *
 * @source Gelman et al. 2013, *Bayesian Data Analysis*, sections 2.6 and 5.1 (scaled inverse chi-squared, common parameters); Armitage,
 *   McPherson and Rowe 1969 for what repeated looks do to a test; Gutmann and Maymin 1987, "Is the selected population the best?"
 */
import { getOrInsert } from '../../../core/collect.ts';
import type { Fraction } from '../../../core/units.ts';
import { studentTQuantile } from '../../../stats/distributions/student-t-quantile.ts';

/** Of the best answer over another one. */
export interface Lead {
  readonly margin: number;
  /** Unbiased estimate of its variance from the differences within strata; 0 where there is none. */
  readonly squares: number;
  /** Variance that is expected without a look at draws; 0 where there are none. */
  readonly known: number;
}

/** An error with the degrees of freedom of its square. */
export interface BoundedError {
  readonly stderr: number;
  readonly degrees: number;
}

/** Strata that what is known beforehand counts for. */
const BEFOREHAND = 4;
/** Strata that what all leads have in common counts for in the error of each, besides half of its own: leads of a question differ. */
const COMMON = 8;

/** Of the variance that is expected beforehand; less is never assumed, as draws that agree may have missed what is rare and large. */
const LEAST = 1 / 2;

/** The error of each lead. @param strata that each lead has two draws of */
export function boundedErrors(leads: readonly Lead[], strata: number): readonly BoundedError[] {
  const drawn = leads.filter(({ known }) => known > 0);
  // Leads over one answer share its draws: of each further one a half counts.
  const shared = strata * (1 + Math.max(0, drawn.length - 1) / 2);
  const seen = drawn.reduce((sum, { squares, known }) => sum + squares / known, 0) / Math.max(1, drawn.length);
  const ratio = (BEFOREHAND + shared * seen) / (BEFOREHAND + shared);
  const common = Math.min(COMMON + strata / 2, BEFOREHAND + shared);
  return leads.map(({ squares, known }) => ({
    stderr: Math.sqrt(Math.max(LEAST * known, (common * ratio * known + strata * squares) / (common + strata))),
    degrees: common + strata,
  }));
}

/**
 * Standard errors by which one answer must lead another.
 *
 * @param looks rounds after which there is a look, at most
 */
export function errorsToLead(degrees: number, risk: Fraction, looks: number): number {
  const key = [degrees, risk, looks].join();
  return getOrInsert(quantiles, key, () => studentTQuantile(1 - risk / looks, degrees));
}

const quantiles = new Map<string, number>();
