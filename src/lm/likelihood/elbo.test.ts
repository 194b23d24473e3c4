import { describe, expect, it } from 'vitest';
import { stream } from '../../core/numbers/random.ts';
import {
  type CrossEntropies,
  combine,
  difference,
  estimate,
  maskedCrossEntropies,
  nelboCoefficients,
  officialCoefficients,
  stepNelboCoefficients,
} from './elbo.ts';
import { planMasks } from './mask-plan.ts';

/** Sums of up to a hundred float64 terms of size 1. */
const TOLERANCE = 1e-10;
const ks = (length: number) => Array.from({ length }, (_, i) => i + 1);
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe('coefficients', () => {
  it('of NELBO_T sum to L: one unit of cross-entropy a token costs L, whatever T', () => {
    for (const length of [1, 2, 5, 12, 60]) {
      for (const T of [1, 2, 3, 8, 32, 100]) {
        expect(total(ks(length).map((k) => stepNelboCoefficients(T)(k, length)))).toBeCloseTo(length, 9);
      }
    }
  });

  it('of NELBO_T approach those of NELBO as T grows', () => {
    const worst = (T: number) => Math.max(...ks(5).map((k) => Math.abs(stepNelboCoefficients(T)(k, 5) - 1)));
    expect(worst(10)).toBeLessThan(1);
    expect(worst(100)).toBeLessThan(worst(10) / 5);
    expect(worst(1000)).toBeLessThan(worst(100) / 5);
    expect(ks(5).map((k) => nelboCoefficients(k, 5))).toEqual([1, 1, 1, 1, 1]);
  });

  it('of the official score sum to the chance that a step masks anything', () => {
    for (const length of [1, 3, 10]) {
      for (const T of [1, 4, 32]) {
        const empty = total(Array.from({ length: T }, (_, i) => (1 - (i + 1) / T) ** length)) / T;
        expect(Math.abs(total(ks(length).map((k) => officialCoefficients(T)(k, length))) - (1 - empty))).toBeLessThan(
          TOLERANCE,
        );
      }
    }
  });

  it('for T = 1 see the full mask alone', () => {
    expect(ks(4).map((k) => stepNelboCoefficients(1)(k, 4))).toEqual([0, 0, 0, 4]);
    expect(ks(4).map((k) => officialCoefficients(1)(k, 4))).toEqual([0, 0, 0, 1]);
  });

  it('for T = 2 are those worked out by hand', () => {
    // L = 2. t = 1: Binom(k; 2, 1/2) = 1/2, 1/4. t = 2: all masked. NELBO_2: k Σ_t (1/t) Binom; official: mean over t.
    expect(ks(2).map((k) => stepNelboCoefficients(2)(k, 2))).toEqual([expect.closeTo(0.5), expect.closeTo(1.5)]);
    expect(ks(2).map((k) => officialCoefficients(2)(k, 2))).toEqual([expect.closeTo(0.25), expect.closeTo(0.625)]);
  });

  it('stay finite for answers of a thousand tokens', () => {
    const all = ks(1000).map((k) => stepNelboCoefficients(32)(k, 1000));
    expect(all.every(Number.isFinite)).toBe(true);
    expect(total(all)).toBeCloseTo(1000, 6);
  });
});

describe('constant cross-entropy c', () => {
  const c = 0.7;

  it('gives exactly L c, for NELBO and every NELBO_T, under any plan', () => {
    const quantities = [nelboCoefficients, ...[1, 2, 3, 8, 32, 64].map(stepNelboCoefficients)];
    for (const length of [1, 2, 3, 4, 7, 12, 40]) {
      for (const passes of [3, 4, 7, 16, 31]) {
        for (const coefficients of quantities) {
          const { value, stderr } = estimate(combine(constant(length, passes, passes), coefficients));
          expect(Math.abs(value - length * c)).toBeLessThan(TOLERANCE);
          expect(stderr).toBeLessThan(TOLERANCE);
        }
      }
    }
  });

  function constant(length: number, passes: number, seed: number): CrossEntropies {
    const { kind, masks } = planMasks(length, passes, seed, 'item');
    if (kind === 'exact') return { kind, length, e: ks(length).map(() => c) };
    const counts = masks.slice(1).map((mask) => mask.length);
    const means = counts.map(() => c);
    return { kind, length, full: c, counts, means, baselines: means };
  }
});

describe('hard and easy tokens', () => {
  // Token i costs i nats whatever is visible: all of a draw's deviation is which tokens it masked.
  const LENGTH = 20;
  const full = total(ks(LENGTH)) / LENGTH;
  const drawn = (seed: number, baseline: (mean: number) => number): CrossEntropies => {
    const masks = planMasks(LENGTH, 33, seed, 'uneven').masks.slice(1);
    const means = masks.map((mask) => total(mask.map((offset) => offset + 1)) / mask.length);
    const counts = masks.map((mask) => mask.length);
    return { kind: 'sampled', length: LENGTH, full, counts, means, baselines: means.map(baseline) };
  };
  const deviation = (baseline: (mean: number) => number): number => {
    const errors = Array.from(
      { length: 200 },
      (_, seed) => estimate(combine(drawn(seed, baseline), nelboCoefficients)).value - LENGTH * full,
    );
    return Math.sqrt(total(errors.map((error) => error ** 2)) / errors.length);
  };

  it('cancel: knowing what each token costs under the full mask takes most of the error out', () => {
    const without = deviation(() => full);
    // With 15 other strata the slope is (15 + 3/2) / 18 of the true one, so 1/12 of the deviation is left.
    expect(deviation((mean) => mean)).toBeLessThan(without / 10);
  });

  it('cost little when the full mask says nothing of them', () => {
    const random = stream(3, 'unrelated');
    let draw = 0;
    const unrelated = () => full + 4 * (random.uniform(draw++) - 0.5);
    expect(deviation(unrelated)).toBeLessThan(1.15 * deviation(() => full));
  });
});

describe('an estimate', () => {
  it('adds exact part and draws; its variance is the sum of the squared differences of pairs', () => {
    expect(estimate({ exact: 10, draws: [1, 4, 2, 2, 7, 6] })).toEqual({ value: 32, stderr: Math.sqrt(9 + 0 + 1) });
    expect(estimate({ exact: 3, draws: [] })).toEqual({ value: 3, stderr: 0 });
  });

  it('of the difference of equal answers has no error: shared draws cancel', () => {
    const draws = Array.from({ length: 10 }, (_, i) => stream(1, 'draws').uniform(i));
    const answer = { exact: 2, draws };
    expect(estimate(difference(answer, 0.5, answer, 0.5))).toEqual({ value: 0, stderr: 0 });
  });

  it('of a difference takes an exact answer as one without draws', () => {
    const paired = difference({ exact: 1, draws: [1, 3] }, 2, { exact: 5, draws: [] }, 1);
    expect(paired).toEqual({ exact: -3, draws: [2, 6] });
  });
});

it('e(k) is the mean of the draws with k masks, null where none was drawn, and exact for k = L', () => {
  const values: CrossEntropies = {
    kind: 'sampled',
    length: 4,
    full: 9,
    counts: [1, 1, 3, 3],
    means: [1, 2, 5, 7],
    baselines: [9, 9, 9, 9],
  };
  expect(maskedCrossEntropies(values)).toEqual([1.5, null, 6, 9]);
  expect(maskedCrossEntropies({ kind: 'exact', length: 2, e: [1, 2] })).toEqual([1, 2]);
});
