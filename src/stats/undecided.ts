import type { Fraction } from '../core/units.ts';
import { normalDistribution } from './distributions/normal-distribution.ts';
import { normalQuantile } from './distributions/normal-quantile.ts';

/** How far the best alternative of an item leads, and the Monte-Carlo standard error of that. */
export interface Lead {
  readonly margin: number;
  readonly stderr: number;
}

export interface Undecided {
  /** Items whose lead is below `level` standard errors. */
  readonly count: number;
  /** Predictions that other draws are expected to change at the least, see `changeProbability`; summed. */
  readonly expectedFlips: number;
  /** How many standard errors a lead needs. */
  readonly level: number;
}

/** Predictions that Monte-Carlo noise leaves open; exact leads (stderr 0) are decided. */
export function undecided(leads: readonly Lead[], level = 2): Undecided {
  const noisy = leads.filter(({ stderr }) => stderr > 0);
  return {
    count: noisy.filter(({ margin, stderr }) => margin < level * stderr).length,
    expectedFlips: noisy.reduce((total, lead) => total + changeProbability(lead), 0),
    level,
  };
}

/** A lead, and whether it decides if the item is right. */
export interface DecidingLead extends Lead {
  /** Whether the first or the second alternative is the right one; else a change of places changes no score. */
  readonly decides: boolean;
}

/** Chance that a lead has the wrong sign, as far as its draws say: Φ(−margin / stderr). */
export function flipProbability({ margin, stderr }: Lead): Fraction {
  return stderr > 0 ? normalDistribution(-margin / stderr) : 0;
}

/**
 * Chance that other draws put the second alternative first: Φ(−margin / (√2 stderr)), as the lead that they give has an error of its own. The
 * least chance that a prediction changes: alternatives behind the second are not counted, and leads that were large by luck shrink.
 */
export function changeProbability({ margin, stderr }: Lead): Fraction {
  return flipProbability({ margin, stderr: Math.SQRT2 * stderr });
}

/** Monte-Carlo standard deviation of whether an item is right: a coin of variance p (1 − p); 0 where the right one is not among the first two. */
export function rightnessDeviation({ decides, ...lead }: DecidingLead): Fraction {
  const flips = decides ? flipProbability(lead) : 0;
  return Math.sqrt(flips * (1 - flips));
}

/**
 * The lead at which a race was stopped, as if it had been looked at once: a lead that is looked at until it is long enough overstates itself,
 * and the chance of a flip is at most that of one look times the looks. The error is raised until Φ(−margin / stderr) says so.
 *
 * @param looks rounds after which there was a look
 * @source Bonferroni's inequality
 */
export function stoppedLead({ margin, stderr }: Lead, looks: number): Lead {
  const flips = Math.min(1 / 2, looks * flipProbability({ margin, stderr }));
  const level = flips > 0 ? -normalQuantile(flips) : Number.POSITIVE_INFINITY;
  return { margin, stderr: level > 0 && margin > 0 ? Math.max(stderr, margin / level) : stderr };
}
