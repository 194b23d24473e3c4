/**
 * What float32 adds to a sum over strata that was computed in fewer bits: the mean difference of some strata, drawn without replacement,
 * stands for that of all. No forward passes here: numbers in, numbers out.
 *
 * @source Cochran 1977, *Sampling Techniques*, theorems 2.2 and 12.1 (simple random sampling; two phases); Peherstorfer, Willcox and
 *   Gunzburger 2016, "Optimal model management for multifidelity Monte Carlo estimation" (the difference as a control variate)
 */
import type { Nats } from '../../../core/units.ts';

/** The two draws of a stratum that was computed again, as they enter the sum. */
export interface Recomputed {
  readonly cheap: readonly [Nats, Nats];
  readonly exact: readonly [Nats, Nats];
}

export interface Correction {
  /** All that were computed in fewer bits. */
  readonly strata: number;
  /** Two at least. */
  readonly chosen: readonly Recomputed[];
}

/**
 * The correction, and what it adds to the variance of the corrected sum: the chance of the strata, and what the squared differences of
 * draws in float32 exceed those in fewer bits by, which may be negative. Both are unbiased.
 */
export function correctionOf({ strata, chosen }: Correction): {
  readonly value: Nats;
  readonly chance: number;
  readonly within: number;
} {
  const count = chosen.length;
  const differences = chosen.map(({ cheap, exact }) => exact[0] + exact[1] - cheap[0] - cheap[1]);
  const mean = differences.reduce((sum, each) => sum + each, 0) / count;
  const scatter = differences.reduce((sum, each) => sum + (each - mean) ** 2, 0) / Math.max(1, count - 1);
  const excess = chosen.reduce(
    (sum, { cheap, exact }) => sum + (exact[0] - exact[1]) ** 2 - (cheap[0] - cheap[1]) ** 2,
    0,
  );
  return {
    value: strata * mean,
    chance: (strata ** 2 * (1 - count / strata) * scatter) / count,
    within: (strata * excess) / count,
  };
}

/** a·x − b·y, stratum by stratum; a side without a correction is exact. */
export function correctionDifference(
  a: Correction | undefined,
  x: number,
  b: Correction | undefined,
  y: number,
): Correction | undefined {
  const some = a ?? b;
  if (some === undefined) return undefined;
  if (a !== undefined && b !== undefined && (a.strata !== b.strata || a.chosen.length !== b.chosen.length)) {
    throw new TypeError(`corrections of ${a.strata} and ${b.strata} strata cannot be paired`);
  }
  const pair = (s: number, of: keyof Recomputed): readonly [Nats, Nats] => {
    const [left, right] = [a?.chosen[s]?.[of] ?? NOTHING, b?.chosen[s]?.[of] ?? NOTHING];
    return [left[0] * x - right[0] * y, left[1] * x - right[1] * y];
  };
  const chosen = some.chosen.map((_, s) => ({ cheap: pair(s, 'cheap'), exact: pair(s, 'exact') }));
  return { strata: some.strata, chosen };
}

const NOTHING = [0, 0] as const;
