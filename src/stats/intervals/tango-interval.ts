import type { Estimate } from '../../core/estimate.ts';
import type { Fraction } from '../../core/units.ts';
import type { ValuePair } from '../paired-values.ts';
import { mean, standardError } from '../sum.ts';
import { tangoBound } from './tango-bound.ts';

/**
 * Mean of the differences `value − reference` of 0/1 values of independent items, with Tango's score interval.
 *
 * @param unscored items that were left out because they could not be scored; carried along, never averaged
 * @throws RangeError on no pairs, or a confidence outside 0..1
 * @source see `tangoBound`
 */
export function tangoInterval(pairs: readonly ValuePair[], confidence: Fraction = 0.95, unscored = 0): Estimate {
  if (pairs.length === 0) throw new RangeError('tangoInterval: needs at least one pair, got none');
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`tangoInterval: needs 0 < confidence < 1, got ${confidence}`);
  }
  const differences = pairs.map((pair) => pair.value - pair.reference);
  const n = pairs.length;
  const { gained, lost } = discordant(pairs);
  const level = (1 + confidence) / 2;
  return {
    value: mean(differences),
    low: tangoBound(gained, lost, n, level),
    high: -tangoBound(lost, gained, n, level),
    confidence,
    stderr: n === 1 ? 0 : standardError(differences),
    n,
    unscored,
    method: 'paired difference, Tango',
  };
}

/** Every value is 0 or 1. */
export const isBinary = (pairs: readonly ValuePair[]): boolean =>
  pairs.every(({ value, reference }) => (value === 0 || value === 1) && (reference === 0 || reference === 1));

/** How many pairs went up, and how many down. */
export function discordant(pairs: readonly ValuePair[]): { readonly gained: number; readonly lost: number } {
  let [gained, lost] = [0, 0];
  for (const { value, reference } of pairs) {
    if (value > reference) gained++;
    else if (value < reference) lost++;
  }
  return { gained, lost };
}
