import type { Fraction } from '../core/units.ts';
import { standardError, sum } from './sum.ts';

export interface NoiseInputs {
  /** Value of each item. */
  readonly values: readonly number[];
  /** Monte-Carlo standard error of each value, in the same order; 0 where it is exact. */
  readonly monteCarlo: readonly number[];
  /** The mean over the same items under each seed (masks, or trainings); null where there is one seed only. */
  readonly seedMeans?: readonly number[] | null;
}

/** Standard errors of a mean over items, by cause, and their shares of the whole variance. */
export interface NoiseBudget {
  /** Other items could have been drawn. */
  readonly item: number;
  /** Other masks could have been drawn: what the items' own Monte-Carlo errors add up to. */
  readonly monteCarlo: number;
  /** What seeds move beyond that; null where it cannot be known from one seed. */
  readonly seed: number | null;
  readonly total: number;
  readonly shares: { readonly item: Fraction; readonly monteCarlo: Fraction; readonly seed: Fraction | null };
}

/**
 * Splits the error of a mean into what items, Monte-Carlo draws and seeds contribute (method of moments):
 *
 *   monteCarlo² = Σ s_i² / n²
 *   item²       = max(0, s²/n − monteCarlo²)        the spread over items holds the Monte-Carlo noise of their values
 *   seed²       = max(0, variance of the seeds' means − monteCarlo²)   items are the same, so that only noise is left
 *   total²      = item² + monteCarlo² + seed²
 *
 * More items shrink the first two, more draws the second alone, more seeds the third alone.
 *
 * @param variance of the mean over items, where they are not independent; default: s²/n
 * @throws RangeError on fewer than two values, errors that do not match them, or fewer than two seeds
 * @source Searle, Casella and McCulloch 1992, "Variance components", section 3.6 (ANOVA estimators, truncated at 0)
 */
export function noiseBudget({ values, monteCarlo, seedMeans = null }: NoiseInputs, variance?: number): NoiseBudget {
  const n = values.length;
  if (n < 2) throw new RangeError(`noiseBudget: needs at least two values, got ${n}`);
  if (monteCarlo.length !== n || monteCarlo.some((error) => !(error >= 0))) {
    throw new RangeError(`noiseBudget: needs an error of 0 or more for each of ${n} values`);
  }
  const ofDraws = sum(monteCarlo.map((error) => error * error)) / (n * n);
  const ofItems = Math.max(0, (variance ?? standardError(values) ** 2) - ofDraws);
  const ofSeeds = seedMeans === null ? null : Math.max(0, standardError(seedMeans) ** 2 * seedMeans.length - ofDraws);
  const whole = ofItems + ofDraws + (ofSeeds ?? 0);
  const share = (variance: number) => (whole === 0 ? 0 : variance / whole);
  return {
    item: Math.sqrt(ofItems),
    monteCarlo: Math.sqrt(ofDraws),
    seed: ofSeeds === null ? null : Math.sqrt(ofSeeds),
    total: Math.sqrt(whole),
    shares: { item: share(ofItems), monteCarlo: share(ofDraws), seed: ofSeeds === null ? null : share(ofSeeds) },
  };
}
