import type { Fraction } from '../../core/units.ts';

/**
 * Holm's adjusted p-values, in the order given: comparing each with alpha keeps the chance of any false alarm among them at
 * alpha, however the tests depend on each other.
 *
 * The i-th smallest is multiplied by the number of those not smaller, then made no less than the ones before it, at most 1.
 *
 * @throws RangeError on a p outside 0..1
 * @source Holm 1979, "A simple sequentially rejective multiple test procedure"
 * @example holm([0.01, 0.04, 0.03]) // [0.03, 0.06, 0.06]
 */
export function holm(ps: readonly Fraction[]): Fraction[] {
  const strange = ps.find((p) => !(p >= 0 && p <= 1));
  if (strange !== undefined) throw new RangeError(`holm: needs p-values from 0 to 1, got ${strange}`);
  const order = ps.map((_, i) => i).sort((a, b) => ps[a]! - ps[b]!);
  const adjusted = new Array<number>(ps.length).fill(1);
  let least = 0;
  order.forEach((at, rank) => {
    least = Math.min(1, Math.max(least, (ps.length - rank) * ps[at]!));
    adjusted[at] = least;
  });
  return adjusted;
}
