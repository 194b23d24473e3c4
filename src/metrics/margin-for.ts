import type { Fraction } from '../core/units.ts';
import { mean } from '../stats/sum.ts';
import { isBounded } from './metric-spec.ts';

/** A difference of shares that counts, in the units of any metric: of others it is that share of the mean size of the reference's values. */
export function marginFor(metric: string, reference: readonly number[], share: Fraction): number {
  if (isBounded(metric)) return share;
  return share * mean(reference.map(Math.abs));
}
