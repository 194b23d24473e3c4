/**
 * Estimates for programs of which several were drawn for each problem. A value lies in 0..1, higher is better.
 */

/**
 * Probability that at least one of `k` draws passes, for one problem: the unbiased estimator from `n` draws of which `c`
 * passed.
 *
 * pass@k = 1 − C(n−c, k) / C(n, k) = 1 − Π_{i = n−c+1 … n} (1 − k / i)
 *
 * A problem counts once: pass@k of a set is the mean of this over its problems, those without a passing draw included.
 *
 * @throws RangeError unless 0 ≤ c ≤ n and 1 ≤ k ≤ n, all integers: more draws than there are cannot be estimated
 * @source Chen et al. 2021, arXiv:2107.03374, section 2.1
 */
export function passAtK(n: number, c: number, k: number): number {
  const valid = [n, c, k].every(Number.isInteger) && c >= 0 && c <= n && k >= 1 && k <= n;
  if (!valid) throw new RangeError(`passAtK: expected 0 <= c <= n and 1 <= k <= n, found n=${n}, c=${c}, k=${k}`);
  if (n - c < k) return 1;
  let noneOfK = 1;
  for (let i = n - c + 1; i <= n; i++) noneOfK *= 1 - k / i;
  return 1 - noneOfK;
}

const CUSTOMARY = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** The k for which pass@k is given with `n` draws: 1, 2, 5, 10, 20 … up to n. */
export const customaryKs = (n: number): readonly number[] => CUSTOMARY.filter((k) => k <= n);
