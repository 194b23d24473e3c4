import { describe, expect, it } from 'vitest';
import { type Coefficients, nelboCoefficients, stepNelboCoefficients } from '../elbo.ts';
import { controlledValue, expectedVariance } from './controlled-value.ts';
import { chanceOf, shareAt } from './mask-counts.ts';
import { byStratum, nestedDraws, passesAfter, roundsWithin, strataAfter } from './nested-masks.ts';

const LENGTH = 9;
const upTo = (round: number, seed = 1) =>
  Array.from({ length: round + 1 }, (_, r) => nestedDraws(LENGTH, r, seed, 'item')).flat();

describe('masks of a race', () => {
  it('have after every round one draw of each sequence in each stratum, and halve the strata with the next', () => {
    for (let round = 1; round < 7; round++) {
      const drawn = byStratum(upTo(round), round);
      const strata = strataAfter(round);
      expect(drawn).toHaveLength(2 * strata);
      expect(drawn.map(({ sequence }) => sequence)).toEqual(drawn.map((_, i) => i % 2));
      expect(drawn.map(({ level }) => Math.floor(level * strata))).toEqual(drawn.map((_, i) => Math.floor(i / 2)));
    }
  });

  it('number their draws, and are the same whatever was asked for before', () => {
    expect(upTo(5).map(({ draw }) => draw)).toEqual(Array.from({ length: 32 }, (_, i) => i));
    expect(nestedDraws(LENGTH, 4, 1, 'item')).toEqual(upTo(4).slice(8));
    expect(nestedDraws(LENGTH, 3, 1, 'another')).not.toEqual(nestedDraws(LENGTH, 3, 1, 'item'));
  });

  it('mask from one token to all but one, and the answers of a question alike', () => {
    expect(upTo(6).every(({ mask }) => mask.length >= 1 && mask.length < LENGTH)).toBe(true);
    const longer = nestedDraws(LENGTH + 3, 4, 1, 'item');
    expect(longer.map(({ level }) => level)).toEqual(nestedDraws(LENGTH, 4, 1, 'item').map(({ level }) => level));
  });

  it('take 2, 3, 5, 9 … passes, and as many rounds as passes allow, two at least', () => {
    expect([0, 1, 2, 3, 5].map(passesAfter)).toEqual([2, 3, 5, 9, 33]);
    expect([1, 3, 4, 5, 32, 33, 1e9].map(roundsWithin)).toEqual([2, 2, 2, 3, 5, 6, 16]);
  });

  it('mask as many tokens as the chances say, few more often than many', () => {
    const chances = Array.from({ length: LENGTH - 1 }, (_, i) => chanceOf(i + 1, LENGTH));
    expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12);
    expect(chances).toEqual(chances.toSorted((a, b) => b - a));
    const levels = 100_000;
    const counts = new Array<number>(LENGTH).fill(0);
    for (let i = 0; i < levels; i++) {
      const k = 1 + Math.floor(shareAt((i + 0.5) / levels) * (LENGTH - 1));
      counts[k] = (counts[k] as number) + 1 / levels;
    }
    chances.forEach((chance, i) => {
      expect(counts[i + 1]).toBeCloseTo(chance, 4);
    });
  });
});

/** Cross-entropy of a masked token: rises with the masks, and differs by token and neighbour. */
const costOf = (token: number, mask: readonly number[]): number =>
  Math.sin(3 * token + 1) + 1.5 + mask.length / LENGTH + (mask.includes((token + 1) % LENGTH) ? 0.7 : 0);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const costsOf = (mask: readonly number[]): readonly number[] => mask.map((token) => costOf(token, mask));
const meanCost = (mask: readonly number[]): number => mean(costsOf(mask));

const ALL = Array.from({ length: LENGTH }, (_, i) => i);
const MASKS = Array.from({ length: 2 ** LENGTH - 1 }, (_, i) => ALL.filter((token) => ((i + 1) >> token) & 1));
const truth = (coefficients: Coefficients): number =>
  ALL.reduce(
    (sum, i) => sum + coefficients(i + 1, LENGTH) * mean(MASKS.filter((mask) => mask.length === i + 1).map(meanCost)),
    0,
  );

const TOKENS = ALL.map((token) => costOf(token, ALL));

it.each([
  [0, 10_000, nelboCoefficients],
  [1, 10_000, stepNelboCoefficients(4)],
  [2, 10_000, nelboCoefficients],
  [4, 2_500, nelboCoefficients],
])(
  'stopped after round %i, the bound and the square of its error are unbiased over %i seeds',
  (round, seeds, coefficients) => {
    const expected = truth(coefficients);
    const found = Array.from({ length: seeds }, (_, seed) => {
      const masks = byStratum(upTo(round, seed), round).map(({ mask }) => mask);
      const { combination } = controlledValue({ tokens: TOKENS, masks, costs: masks.map(costsOf) }, coefficients);
      const value = combination.draws.reduce((sum, draw) => sum + draw, combination.exact);
      let squares = 0;
      for (let s = 0; s < strataAfter(round); s++) {
        squares += ((combination.draws[2 * s] as number) - (combination.draws[2 * s + 1] as number)) ** 2;
      }
      return { error: value - expected, squares };
    });
    expectZeroMean(found.map(({ error }) => error));
    if (round > 0) expectZeroMean(found.map(({ error, squares }) => squares - error ** 2));
  },
);

it('expects the variance of draws of tokens that cost the same whatever else is masked', () => {
  const tokens = [1, 3, 2, 6, 4, 5];
  const center = mean(tokens);
  const L = tokens.length;
  // Without the token that is added, times L / (L − 1) as for a sample of all of them.
  const scatter = tokens.reduce((sum, x) => sum + (x - center) ** 2, (center / 2) ** 2) / L;
  let expected = 0;
  for (let k = 1; k < L; k++) expected += (scatter * (1 / k - 1 / L)) / chanceOf(k, L);
  expect(expectedVariance(tokens, nelboCoefficients, 4)).toBeCloseTo(expected / 4, 12);
});

it('takes nothing for noise that the full mask foretells: draws that are as guessed have no error', () => {
  // The mean of all guesses over the masks of k tokens is what is taken as known.
  for (let k = 1; k < LENGTH; k++) {
    const left = MASKS.filter((mask) => mask.length === k).map((mask) => {
      const passes = { tokens: ALL.map(() => 2), masks: [mask], costs: [mask.map(() => 2)] };
      return (controlledValue(passes, nelboCoefficients).combination.draws[0] as number) * chanceOf(k, LENGTH);
    });
    expect(mean(left)).toBeCloseTo(0.35 * 2 * (1 - k / LENGTH), 10);
  }
});

/** A fair estimator misses by four standard errors once in 16,000 numbers; these seeds are fixed. */
function expectZeroMean(values: readonly number[]): void {
  const center = mean(values);
  const error = Math.sqrt(mean(values.map((value) => (value - center) ** 2)) / values.length);
  expect(Math.abs(center)).toBeLessThan(4 * error);
}
