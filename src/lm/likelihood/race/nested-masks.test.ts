import { describe, expect, it } from 'vitest';
import { combine, estimate, nelboCoefficients } from '../elbo.ts';
import { byStratum, nestedDraws, passesAfter, roundsWithin } from './nested-masks.ts';

const LENGTH = 9;
const upTo = (round: number, seed = 1) =>
  Array.from({ length: round + 1 }, (_, r) => nestedDraws(LENGTH, r, seed, 'item')).flat();

describe('masks of a race', () => {
  it('have after every round one draw of each sequence in each stratum, and halve the strata with the next', () => {
    for (let round = 0; round < 7; round++) {
      const drawn = byStratum(upTo(round), round);
      expect(drawn).toHaveLength(2 ** (round + 1));
      expect(drawn.map(({ sequence }) => sequence)).toEqual(drawn.map((_, i) => i % 2));
      expect(drawn.map(({ level }) => Math.floor(level * 2 ** round))).toEqual(drawn.map((_, i) => Math.floor(i / 2)));
    }
  });

  it('number their draws, and are the same whatever was asked for before', () => {
    expect(upTo(4).map(({ draw }) => draw)).toEqual(Array.from({ length: 32 }, (_, i) => i));
    expect(nestedDraws(LENGTH, 3, 1, 'item')).toEqual(upTo(3).slice(8));
    expect(nestedDraws(LENGTH, 3, 1, 'another')).not.toEqual(nestedDraws(LENGTH, 3, 1, 'item'));
  });

  it('mask from one token to all but one, and the answers of a question alike', () => {
    expect(upTo(5).every(({ mask }) => mask.length >= 1 && mask.length < LENGTH)).toBe(true);
    const longer = nestedDraws(LENGTH + 3, 4, 1, 'item');
    expect(longer.map(({ level }) => level)).toEqual(nestedDraws(LENGTH, 4, 1, 'item').map(({ level }) => level));
  });

  it('take 3, 5, 9 … passes, and as many rounds as passes allow', () => {
    expect([0, 1, 2, 5].map(passesAfter)).toEqual([3, 5, 9, 65]);
    expect([1, 3, 4, 5, 64, 65, 1e9].map(roundsWithin)).toEqual([1, 1, 1, 2, 5, 6, 16]);
  });
});

/** Cross-entropy of a masked token: rises with the masks, and differs by token and neighbour. */
const costOf = (token: number, mask: readonly number[]): number =>
  Math.sin(3 * token + 1) + 1.5 + mask.length / LENGTH + (mask.includes((token + 1) % LENGTH) ? 0.7 : 0);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const meanCost = (mask: readonly number[]): number => mean(mask.map((token) => costOf(token, mask)));

const ALL = Array.from({ length: LENGTH }, (_, i) => i);
const TRUTH = (() => {
  const masks = Array.from({ length: 2 ** LENGTH - 1 }, (_, i) => ALL.filter((token) => ((i + 1) >> token) & 1));
  return ALL.reduce((sum, k) => sum + mean(masks.filter((mask) => mask.length === k + 1).map(meanCost)), 0);
})();

it.each([
  [0, 10_000],
  [1, 10_000],
  [3, 2_500],
])('stopped after round %i, the bound and the square of its error are unbiased over %i seeds', (round, seeds) => {
  const found = Array.from({ length: seeds }, (_, seed) => {
    const masks = byStratum(upTo(round, seed), round).map(({ mask }) => mask);
    const values = {
      kind: 'sampled',
      length: LENGTH,
      full: meanCost(ALL),
      counts: masks.map(({ length }) => length),
      means: masks.map(meanCost),
      baselines: masks.map((mask) => mean(mask.map((token) => costOf(token, ALL)))),
    } as const;
    return estimate(combine(values, nelboCoefficients));
  });
  expectZeroMean(found.map(({ value }) => value - TRUTH));
  expectZeroMean(found.map(({ value, stderr }) => stderr ** 2 - (value - TRUTH) ** 2));
});

/** A fair estimator misses by four standard errors once in 16,000 numbers; these seeds are fixed. */
function expectZeroMean(values: readonly number[]): void {
  const center = mean(values);
  const error = Math.sqrt(mean(values.map((value) => (value - center) ** 2)) / values.length);
  expect(Math.abs(center)).toBeLessThan(4 * error);
}
