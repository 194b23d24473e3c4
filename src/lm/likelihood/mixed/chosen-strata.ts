/** Which strata of an answer's masks are computed again in float32. */
import { permutation, stream } from '../../../core/numbers/random.ts';
import type { Fraction } from '../../../core/units.ts';

/** Fewest strata from which the spread of the differences can be seen. */
const LEAST_STRATA = 2;

/** How many strata are computed again where there are so many: what a run's share comes to. */
export const recomputedStrata = (strata: number, share: Fraction): number =>
  Math.min(strata, Math.max(LEAST_STRATA, Math.round(share * strata)));

/** Which ones, ascending. All answers of a question share them, as they share their masks. `key` names the question. */
export function chosenStrata(strata: number, share: Fraction, seed: number, key: string): readonly number[] {
  const order = permutation(stream(seed, 'again', key), strata);
  return [...order.subarray(0, recomputedStrata(strata, share))].sort((a, b) => a - b);
}
