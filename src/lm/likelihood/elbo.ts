/**
 * The likelihood bound of a masked-diffusion model, from e(k): the expected **mean** cross-entropy of the masked tokens
 * when exactly k of the L answer tokens are masked uniformly. Every quantity we report is a fixed linear combination
 * Σ_k c(k) e(k), so one set of forward passes serves every number of steps T:
 *
 *   NELBO        c(k) = 1
 *   NELBO_T      c(k) = k Σ_{t=1..T} (1/t) Binom(k; L, t/T)
 *   official_T   c(k) = (1/T) Σ_{t=1..T} Binom(k; L, t/T)      (expected value of the published, unweighted score)
 *
 * No forward passes here: numbers in, numbers out.
 *
 * @source Sahoo et al. 2024 (arXiv 2406.07524) and Gong et al. 2024 (arXiv 2410.17891, Eq. 6-7) for the bound;
 *         Ou et al. 2024 (arXiv 2406.03736) for its form over the number of masks
 */
import type { MonteCarlo } from '../../core/response.ts';
import type { Nats } from '../../core/units.ts';
import { type Correction, correctionDifference, correctionOf } from './mixed/correction.ts';

/** What the forward passes of one answer gave. */
export type CrossEntropies =
  /** All 2^L − 1 masks were run: `e[k − 1]` = e(k) without error. */
  { readonly kind: 'exact'; readonly length: number; readonly e: readonly Nats[] } | SampledCrossEntropies;

/**
 * The full mask was run (k = L, `full`), and draws in pairs: draws 2s and 2s + 1 fall independently into stratum s of
 * the interval from k = 1 to L − 1.
 */
export interface SampledCrossEntropies {
  readonly kind: 'sampled';
  readonly length: number;
  readonly full: Nats;
  readonly counts: readonly number[];
  readonly means: readonly Nats[];
  /** For each draw, the mean cross-entropy that its masked tokens have under the full mask. */
  readonly baselines: readonly Nats[];
}

/** Coefficient of e(k), for k = 1 … L. */
export type Coefficients = (k: number, length: number) => number;

export const nelboCoefficients: Coefficients = () => 1;

export const stepNelboCoefficients = (steps: number): Coefficients => tabulated('nelbo', steps, (k, t) => k / t);

export const officialCoefficients = (steps: number): Coefficients => tabulated('official', steps, () => 1 / steps);

/** Coefficients for each (quantity, T, L) met so far: a run needs few of them, for every answer. */
const tables = new Map<string, readonly number[]>();

/** c(k) = Σ_{t=1..T} weight(k, t) · Binom(k; L, t/T). */
function tabulated(name: string, steps: number, weight: (k: number, t: number) => number): Coefficients {
  return (k, length) => {
    const key = `${name} ${steps} ${length}`;
    let table = tables.get(key);
    if (table === undefined) {
      table = Array.from({ length }, (_, i) => {
        let sum = 0;
        for (let t = 1; t <= steps; t++) sum += weight(i + 1, t) * binomial(i + 1, length, t / steps);
        return sum;
      });
      tables.set(key, table);
    }
    return table[k - 1] as number;
  };
}

/** A linear combination of the e(k), kept apart by draw so that differences of two can be taken draw by draw. */
export interface Combination {
  readonly exact: Nats;
  /** Contribution of each draw; pairs (2s, 2s + 1) share a stratum. Empty when all is exact. */
  readonly draws: readonly Nats[];
  /** Of draws in fewer bits, what some of them are in float32. */
  readonly correction?: Correction;
}

/**
 * Σ_k c(k) e(k). Sampled values are unbiased for any coefficients, because every k < L is drawn with density
 * (L − 1) / draws and a draw enters as its distance from the full mask, which is known without error:
 *
 *   Σ_k c(k) e(L) + Σ_d w c(k_d) [ (mean_d − e(L)) − β (baseline_d − e(L)) ]
 *
 * The bracket's second part has mean 0 given k_d, whatever β: it takes out which tokens a draw happened to mask, hard or
 * easy. A constant cross-entropy c gives Σ_k c(k) · c exactly.
 *
 * @source Owen 2013, *Monte Carlo theory, methods and examples*, section 8.9 (control variates)
 */
export function combine(values: CrossEntropies, coefficients: Coefficients): Combination {
  const { length } = values;
  const weights = Array.from({ length }, (_, i) => coefficients(i + 1, length));
  if (values.kind === 'exact') {
    return { exact: values.e.reduce((sum, e, i) => sum + (weights[i] as number) * e, 0), draws: [] };
  }
  const { distances, controls } = scaled(values, weights, values.counts.length);
  const slopes = crossFittedSlopes(distances, controls);
  return {
    exact: values.full * total(weights),
    draws: distances.map((distance, d) => distance - (slopes[d >> 1] as number) * (controls[d] as number)),
  };
}

/**
 * The same for draws in fewer bits, with both draws of the strata `chosen` again in float32, and the full mask: unbiased for what `combine`
 * would give of float32 alone. Slopes are fitted in fewer bits, so that they never see the draws they are applied to either.
 *
 * @param again what the full mask and the draws of the chosen strata, in their order, gave in float32
 */
export function combineCorrected(
  cheap: SampledCrossEntropies,
  again: SampledCrossEntropies,
  chosen: readonly number[],
  coefficients: Coefficients,
): Combination {
  const { length, counts } = cheap;
  const weights = Array.from({ length }, (_, i) => coefficients(i + 1, length));
  const { distances, controls } = scaled(cheap, weights, counts.length);
  const slopes = crossFittedSlopes(distances, controls);
  const draws = distances.map((distance, d) => distance - (slopes[d >> 1] as number) * (controls[d] as number));
  const inFloat32 = scaled(again, weights, counts.length);
  const exactly = (stratum: number, d: number): Nats =>
    (inFloat32.distances[d] as number) - (slopes[stratum] as number) * (inFloat32.controls[d] as number);
  const recomputed = chosen.map((stratum, at) => ({
    cheap: [draws[2 * stratum] as number, draws[2 * stratum + 1] as number] as const,
    exact: [exactly(stratum, 2 * at), exactly(stratum, 2 * at + 1)] as const,
  }));
  return {
    exact: again.full * total(weights),
    draws,
    correction: { strata: counts.length / 2, chosen: recomputed },
  };
}

const total = (weights: readonly number[]): number => weights.reduce((sum, weight) => sum + weight, 0);

/** Of each draw, its distance from the full mask and that of its control, as they enter a sum of `drawn` draws. */
function scaled(
  { counts, full, means, baselines, length }: SampledCrossEntropies,
  weights: readonly number[],
  drawn: number,
) {
  const scales = counts.map((k) => ((length - 1) / drawn) * (weights[k - 1] as number));
  return {
    distances: scales.map((scale, d) => scale * ((means[d] as number) - full)),
    controls: scales.map((scale, d) => scale * ((baselines[d] as number) - full)),
  };
}

/** Pairs of draws that the slope assumed beforehand counts for, and that slope: half-way between no control and full. */
const PRIOR_PAIRS = 3;
const PRIOR_SLOPE = 0.5;

/**
 * β of each stratum: the least-squares slope of the other strata's differences within a pair, kept to 0 … 1 and drawn
 * towards the prior. It never sees the draws it is applied to, so it leaves them unbiased.
 */
function crossFittedSlopes(distances: readonly number[], controls: readonly number[]): readonly number[] {
  const within = (values: readonly number[]): number[] =>
    Array.from({ length: values.length / 2 }, (_, s) => (values[2 * s] as number) - (values[2 * s + 1] as number));
  const y = within(distances);
  const x = within(controls);
  const products = x.reduce((sum, value, s) => sum + value * (y[s] as number), 0);
  const squares = x.reduce((sum, value) => sum + value * value, 0);
  return x.map((own, s) => {
    const rest = squares - own * own;
    const slope = rest > 0 ? (products - own * (y[s] as number)) / rest : PRIOR_SLOPE;
    const others = x.length - 1;
    return (others * Math.min(1, Math.max(0, slope)) + PRIOR_PAIRS * PRIOR_SLOPE) / (others + PRIOR_PAIRS);
  });
}

/**
 * Value and Monte-Carlo standard error of a combination. With two independent draws a stratum, the variance estimate
 * Σ_s (z_2s − z_2s+1)² is unbiased, up to what strata share through the slopes of `combine`.
 *
 * @source Cochran 1977, *Sampling Techniques*, section 5A.12 (two units in a stratum)
 */
export function estimate({ exact, draws, correction }: Combination): MonteCarlo {
  let value = exact;
  let variance = 0;
  for (let d = 0; d < draws.length; d += 2) {
    const [first, second] = [draws[d] as number, draws[d + 1] as number];
    value += first + second;
    variance += (first - second) ** 2;
  }
  if (correction === undefined) return { value, stderr: Math.sqrt(variance) };
  const { value: added, chance, within } = correctionOf(correction);
  return { value: value + added, stderr: Math.sqrt(chance + Math.max(0, variance + within)) };
}

/** a·x − b·y, draw by draw: shared draws cancel, so its standard error is that of the paired difference. */
export function difference(a: Combination, x: number, b: Combination, y: number): Combination {
  const draws = Array.from(
    { length: Math.max(a.draws.length, b.draws.length) },
    (_, d) => (a.draws[d] ?? 0) * x - (b.draws[d] ?? 0) * y,
  );
  const correction = correctionDifference(a.correction, x, b.correction, y);
  return { exact: a.exact * x - b.exact * y, draws, ...(correction === undefined ? {} : { correction }) };
}

/** e(k) for k = 1 … L; the mean of the draws with that k, or null where there was none. */
export function maskedCrossEntropies(values: CrossEntropies): (Nats | null)[] {
  if (values.kind === 'exact') return [...values.e];
  const sums = new Array<number>(values.length).fill(0);
  const counts = new Array<number>(values.length).fill(0);
  values.counts.forEach((k, d) => {
    sums[k - 1] = (sums[k - 1] as number) + (values.means[d] as number);
    counts[k - 1] = (counts[k - 1] as number) + 1;
  });
  const e = sums.map((sum, i) => (counts[i] === 0 ? null : sum / (counts[i] as number)));
  e[values.length - 1] = values.full;
  return e;
}

/** P(K = k) for K ~ Binomial(n, p). */
function binomial(k: number, n: number, p: number): number {
  if (p >= 1) return k === n ? 1 : 0;
  let logChoose = 0;
  for (let i = 1; i <= k; i++) logChoose += Math.log((n - k + i) / i);
  return Math.exp(logChoose + k * Math.log(p) + (n - k) * Math.log1p(-p));
}
