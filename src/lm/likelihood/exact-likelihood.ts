/**
 * Likelihoods of an answer that are no bounds, from the log-probabilities of its tokens under every set of masked positions.
 * No forward passes here: numbers in, numbers out.
 *
 * The T-step chain reveals each token at a step that is uniform on 1 … T, whatever the others do, and draws all tokens of one
 * step from one pass. So only the order matters in which groups of tokens are revealed, and one table serves every T:
 *
 *   h_0(∅) = 1,  h_j(M) = Σ_{∅ ≠ R ⊆ M} Π_{i ∈ R} p_i(M) · h_{j−1}(M \ R)      (all ways to reveal M in j groups)
 *   p_T(x) = Σ_{j = 1 … L} C(T, j) T^−L h_j(all)                               (j of the T steps reveal something)
 *   p(x)   = h_L(all) / L!                                                     (T → ∞: one token a step, uniform order)
 */
import type { Nats } from '../../core/units.ts';

/** Negative log-likelihoods of a whole answer, exact. */
export interface ExactLikelihoods {
  /** Under the sampler that reveals one token a step in a uniformly random order: the limit T → ∞. */
  readonly marginal: Nats;
  /** Under the published chain of T steps on the grid t/T. */
  ofSteps(T: number): Nats;
}

/**
 * @param logprobs for each set of masked positions, as bits from 1 to 2^L − 1: the log-probability of the true token at each of
 *                 its positions, ascending; nats
 * @param length   L, number of scored tokens; the work is about L · 3^L
 * @returns values in nats, summed over tokens; each is at most the bound (NELBO, NELBO_T) of the same passes
 * @source Jensen's inequality, as in Ou et al. 2024 (arXiv 2406.03736): NELBO is the mean over orders of what `marginal` is the
 *         log of the mean of
 */
export function exactLikelihoods(logprobs: (masked: number) => readonly number[], length: number): ExactLikelihoods {
  const ways = waysToReveal(logprobs, length);
  return {
    marginal: logFactorial(length) - (ways[length - 1] as number),
    ofSteps: (T) => length * Math.log(T) - logSumExp(ways.map((way, i) => logChoose(T, i + 1) + way)),
  };
}

/**
 * log h_j(all) for j = 1 … L. The tables hold h_j(M) · e^−scale(M), where e^scale(M) is the largest term of any j, so that nothing
 * underflows but what is e^700 times less than another: such a j > 1 counts as 0.
 */
function waysToReveal(logprobs: (masked: number) => readonly number[], length: number): readonly Nats[] {
  const sets = 2 ** length;
  const width = length + 1;
  const ways = new Float64Array(sets * width);
  const scales = new Float64Array(sets);
  const together = new Float64Array(sets);
  ways[0] = 1;
  for (let masked = 1; masked < sets; masked++) {
    const own = logprobs(masked);
    sumSubsets(masked, own, together);
    const scale = largestTerm(masked, together, scales);
    scales[masked] = scale;
    for (let subset = masked; subset > 0; subset = (subset - 1) & masked) {
      const rest = masked ^ subset;
      const weight = Math.exp((together[subset] as number) + (scales[rest] as number) - scale);
      for (let j = 1; j <= own.length; j++)
        (ways[masked * width + j] as number) += weight * (ways[rest * width + j - 1] as number);
    }
  }
  const [, , ...several] = Array.from(ways.subarray(-width), (way) => Math.log(way) + (scales[sets - 1] as number));
  return [together[sets - 1] as number, ...several];
}

/** max over R of log Π_{i ∈ R} p_i(M) + scale(M \ R): the most likely way to reveal M in any number of groups. */
function largestTerm(masked: number, together: Float64Array, scales: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let subset = masked; subset > 0; subset = (subset - 1) & masked) {
    const term = (together[subset] as number) + (scales[masked ^ subset] as number);
    if (term > largest) largest = term;
  }
  return largest;
}

/** Writes Σ_{i ∈ R} log p_i for each non-empty R ⊆ `masked` to `into[R]`. */
function sumSubsets(masked: number, logprobs: readonly Nats[], into: Float64Array): void {
  into[0] = 0;
  let below = 0; // positions of `masked` whose subsets are summed already
  for (const logprob of logprobs) {
    const next = (masked ^ below) & -(masked ^ below); // the lowest position left
    for (let subset = below; ; subset = (subset - 1) & below) {
      into[subset | next] = (into[subset] as number) + logprob;
      if (subset === 0) break;
    }
    below |= next;
  }
}

function logSumExp(terms: Float64Array | readonly number[]): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const term of terms) if (term > most) most = term;
  if (most === Number.NEGATIVE_INFINITY) return most;
  let sum = 0;
  for (const term of terms) sum += Math.exp(term - most);
  return most + Math.log(sum);
}

/** log C(n, k); −∞ where k > n. */
function logChoose(n: number, k: number): number {
  if (k > n) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < k; i++) sum += Math.log((n - i) / (i + 1));
  return sum;
}

/** log n! */
function logFactorial(n: number): number {
  let sum = 0;
  for (let i = 2; i <= n; i++) sum += Math.log(i);
  return sum;
}
