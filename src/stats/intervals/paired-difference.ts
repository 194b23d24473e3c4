import type { Estimate } from '../../core/estimate.ts';
import type { Fraction } from '../../core/units.ts';
import { type ItemValue, pairedValues, type ValuePair } from '../paired-values.ts';
import { standardError } from '../standard-error.ts';
import { mean } from '../sum.ts';
import { meanInterval } from './mean-interval.ts';
import { tangoBound } from './tango-bound.ts';

/**
 * Mean of the per-item differences `value − reference`, with the interval that suits them: Tango's score interval where
 * every value is 0 or 1, else Student's t interval of the differences. `method` names the choice.
 *
 * Items are paired by id, so what makes an item hard or easy under both conditions cancels. The spread over items holds
 * the Monte-Carlo noise of their values too.
 *
 * @param unscored items that were left out because they could not be scored; carried along, never averaged
 * @throws RangeError on no items or on items that only one side has
 * @source Student 1908 (the paired design is its own example); Tango 1998 for shares, see `tangoBound`
 */
export function pairedDifference(
  values: readonly ItemValue[],
  reference: readonly ItemValue[],
  confidence: Fraction = 0.95,
  unscored = 0,
): Estimate {
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`pairedDifference: needs 0 < confidence < 1, got ${confidence}`);
  }
  const pairs = pairedValues(values, reference);
  const differences = pairs.map((pair) => pair.value - pair.reference);
  if (!isBinary(pairs)) {
    const estimate = meanInterval(differences, confidence, unscored);
    return { ...estimate, method: estimate.method.replace('mean', 'paired difference') };
  }
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
  pairs.every((pair) => [pair.value, pair.reference].every((value) => value === 0 || value === 1));

/** How many pairs of 0/1 values went up, and how many down. */
export function discordant(pairs: readonly ValuePair[]): { readonly gained: number; readonly lost: number } {
  const gained = pairs.filter((pair) => pair.value > pair.reference).length;
  return { gained, lost: pairs.filter((pair) => pair.value < pair.reference).length };
}
