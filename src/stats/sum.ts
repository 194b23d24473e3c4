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
