import { mean, sum } from './sum.ts';

/**
 * Standard error of the mean: s / √n, where s² is the sample variance with divisor n − 1.
 *
 * Two passes, so that a large common offset costs no digits. Assumes independent items. Cost O(n).
 *
 * @throws RangeError on fewer than two values
 * @example standardError([1, 2, 6]) // 1.527525…
 */
export function standardError(values: readonly number[]): number {
  const n = values.length;
  if (n < 2) throw new RangeError(`standardError: needs at least two values, got ${n}`);
  const center = mean(values);
  const squares = sum(values.map((value) => (value - center) ** 2));
  return Math.sqrt(squares / (n - 1) / n);
}
