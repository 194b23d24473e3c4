/**
 * Compensated sum (Neumaier's variant of Kahan summation): the rounding error of each addition is kept and added at the
 * end, so the result does not drift with the number of items. Cost O(n). The sum of nothing is 0.
 *
 * @source Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen"
 * @example sum([1, 1e100, 1, -1e100]) // 2, where a plain loop gives 0
 */
export function sum(values: readonly number[]): number {
  let total = 0;
  let lost = 0;
  for (const value of values) {
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return total + lost;
}

/**
 * Arithmetic mean, with a compensated sum. Cost O(n).
 *
 * @throws RangeError on no values
 * @example mean([1, 2, 6]) // 3
 */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('mean: needs at least one value, got none');
  return sum(values) / values.length;
}

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
