import { describe, expect, it } from 'vitest';
import { stream } from '../../../core/numbers/random.ts';
import {
  type Coefficients,
  type Combination,
  combine,
  combineCorrected,
  difference,
  estimate,
  nelboCoefficients,
  type SampledCrossEntropies,
  stepNelboCoefficients,
} from '../elbo.ts';
import { planMasks } from '../mask-plan.ts';
import { chosenStrata, recomputedStrata } from './chosen-strata.ts';

const [LENGTH, PASSES, SHARE] = [8, 17, 1 / 8];
const ALL = Array.from({ length: LENGTH }, (_, i) => i);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Cross-entropy of a masked token under a mask. */
type Cost = (token: number, mask: readonly number[]) => number;

const bits = (mask: readonly number[]): number => mask.reduce((sum, token) => sum + 2 ** token, 0);

/** In float32: rises with the masks, and differs by token and neighbour. */
const exactly: Cost = (token, mask) =>
  Math.sin(3 * token + 1) + 1.5 + mask.length / LENGTH + (mask.includes((token + 1) % LENGTH) ? 0.7 : 0);

/** Of the same mean and spread but for a bias, and correlated with it as told; what is left is noise that each input names. */
function cheapCost(correlation: number): Cost {
  const random = stream(7, 'noise');
  const rest = Math.sqrt(1 - correlation ** 2);
  return (token, mask) =>
    2.3 + correlation * (exactly(token, mask) - 2) + rest * (2 * random.uniform(token * 256 + bits(mask)) - 1);
}

/** Means over masked tokens, by mask: under it, and under the full mask. */
interface Means {
  readonly own: readonly number[];
  readonly full: readonly number[];
}

const MASKS = Array.from({ length: 2 ** LENGTH }, (_, mask) => ALL.filter((token) => (mask >> token) & 1));

const meansOf = (cost: Cost): Means => ({
  own: MASKS.map((mask) => mean(mask.map((token) => cost(token, mask)))),
  full: MASKS.map((mask) => mean(mask.map((token) => cost(token, ALL)))),
});

const at = (values: readonly number[], mask: readonly number[]): number => values[bits(mask)] as number;

function sampled({ own, full }: Means, masks: readonly (readonly number[])[]): SampledCrossEntropies {
  const drawn = masks.slice(1);
  return {
    kind: 'sampled',
    length: LENGTH,
    full: at(own, ALL),
    counts: drawn.map(({ length }) => length),
    means: drawn.map((mask) => at(own, mask)),
    baselines: drawn.map((mask) => at(full, mask)),
  };
}

interface Drawn {
  readonly masks: readonly (readonly number[])[];
  readonly strata: readonly number[];
}

function drawn(seed: number, share = SHARE): Drawn {
  const { masks } = planMasks(LENGTH, PASSES, seed, 'item');
  return { masks, strata: chosenStrata((masks.length - 1) / 2, share, seed, 'item') };
}

function corrected(cheap: Means, exact: Means, { masks, strata }: Drawn, coefficients: Coefficients): Combination {
  const again = [0, ...strata.flatMap((s) => [2 * s + 1, 2 * s + 2])].map((draw) => masks[draw] as readonly number[]);
  return combineCorrected(sampled(cheap, masks), sampled(exact, again), strata, coefficients);
}

const EXACT = meansOf(exactly);

const truth = (coefficients: Coefficients): number =>
  ALL.reduce((sum, i) => {
    const ofSize = MASKS.filter((mask) => mask.length === i + 1).map((mask) => at(EXACT.own, mask));
    return sum + coefficients(i + 1, LENGTH) * mean(ofSize);
  }, 0);

/** A fair estimator misses by four standard errors once in 16,000 numbers; these seeds are fixed. */
function expectZeroMean(values: readonly number[]): void {
  const center = mean(values);
  const error = Math.sqrt(mean(values.map((value) => (value - center) ** 2)) / values.length);
  expect(Math.abs(center)).toBeLessThan(4 * error);
}

const SEEDS = Array.from({ length: 3000 }, (_, seed) => drawn(seed));

describe.each([0, 0.5, 0.9, 0.99, 0.999])('with fewer bits that correlate by %f and are biased', (correlation) => {
  const cheap = meansOf(cheapCost(correlation));

  it.each([
    ['NELBO', nelboCoefficients],
    ['NELBO_4', stepNelboCoefficients(4)],
  ])('the corrected %s is unbiased for that of float32, and its error covers', (_, coefficients) => {
    const target = truth(coefficients);
    const found = SEEDS.map((each) => estimate(corrected(cheap, EXACT, each, coefficients)));
    const errors = found.map(({ value }) => value - target);
    expectZeroMean(errors);
    const [seen, told] = [errors, found.map(({ stderr }) => stderr)].map((each) =>
      Math.sqrt(mean(each.map((error) => error * error))),
    ) as [number, number];
    expect(told / seen).toBeGreaterThan(0.9);
    expect(told / seen).toBeLessThan(1.3);
    // Two strata tell little of their spread: ±2 of Student's t with one degree of freedom cover 0.70, which counts where fewer bits say little.
    const covered = found.filter(({ value, stderr }) => Math.abs(value - target) <= 2 * stderr).length / SEEDS.length;
    expect(covered).toBeGreaterThan(correlation < 0.99 ? 0.7 : 0.85);
  });
});

it('without a correction the bias of fewer bits would show', () => {
  const [cheap, target] = [meansOf(cheapCost(0.999)), truth(nelboCoefficients)];
  const found = SEEDS.slice(0, 200).map(
    ({ masks }) => estimate(combine(sampled(cheap, masks), nelboCoefficients)).value - target,
  );
  expect(mean(found)).toBeGreaterThan(1);
});

it('with every stratum again it is what float32 alone gives, where fewer bits only add a constant', () => {
  const cheap = meansOf((token, mask) => exactly(token, mask) + 0.25);
  const all = drawn(3, 1);
  const alone = estimate(combine(sampled(EXACT, all.masks), nelboCoefficients));
  const again = estimate(corrected(cheap, EXACT, all, nelboCoefficients));
  expect(again.value).toBeCloseTo(alone.value, 9);
  expect(again.stderr).toBeCloseTo(alone.stderr, 9);
});

it('pairs the differences of two answers, one of which may be exact', () => {
  const cheap = meansOf(cheapCost(0.9));
  const one = corrected(cheap, EXACT, drawn(1), nelboCoefficients);
  expect(estimate(difference(one, 1, one, 1))).toEqual({ value: 0, stderr: 0 });
  const scaled = estimate(difference(one, 0.5, { exact: 2, draws: [] }, 1));
  expect(scaled.value).toBeCloseTo(0.5 * estimate(one).value - 2, 12);
  expect(scaled.stderr).toBeCloseTo(0.5 * estimate(one).stderr, 12);
  const other = corrected(cheap, EXACT, drawn(1, 0.5), nelboCoefficients);
  expect(() => difference(one, 1, other, 1)).toThrow(TypeError);
});

it('draws two strata at least, by name', () => {
  expect([1, 2, 3, 15, 64].map((strata) => recomputedStrata(strata, SHARE))).toEqual([1, 2, 2, 2, 8]);
  expect(chosenStrata(64, SHARE, 0, 'a')).toEqual(chosenStrata(64, SHARE, 0, 'a'));
  expect(chosenStrata(64, SHARE, 0, 'a')).not.toEqual(chosenStrata(64, SHARE, 0, 'b'));
  const times = Array.from({ length: 8 }, () => 0);
  for (let seed = 0; seed < 400; seed++) {
    for (const stratum of chosenStrata(8, SHARE, seed, 'item')) times[stratum] = (times[stratum] as number) + 1;
  }
  for (const count of times) expect(Math.abs(count - 100)).toBeLessThan(4 * Math.sqrt(75));
});
