/**
 * Quantile of ascending values, linear between order statistics: definition 7 of Hyndman and Fan, the default of R and NumPy.
 *
 * @throws RangeError on no values, or a p outside 0..1
 * @example sortedQuantile([1, 2, 4], 0.75) // 3
 */
export function sortedQuantile(ascending: ArrayLike<number>, p: number): number {
  if (ascending.length === 0) throw new RangeError('sortedQuantile: needs at least one value, got none');
  if (!(p >= 0 && p <= 1)) throw new RangeError(`sortedQuantile: needs 0 <= p <= 1, got ${p}`);
  const place = p * (ascending.length - 1);
  const below = Math.floor(place);
  const low = ascending[below]!;
  const high = ascending[Math.min(below + 1, ascending.length - 1)]!;
  return low + (place - below) * (high - low);
}
