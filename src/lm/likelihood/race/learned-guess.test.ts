import { expect, it } from 'vitest';
import { stream } from '../../../core/numbers/random.ts';
import { maskAtLevel } from '../mask-plan.ts';
import { learnedGuesses, type ResidualDraw } from './learned-guess.ts';

const LENGTH = 8;
const ALL = Array.from({ length: LENGTH }, (_, i) => i);
const MASKS = Array.from({ length: 2 ** LENGTH - 1 }, (_, i) => ALL.filter((token) => ((i + 1) >> token) & 1));
const OWN = [0.9, -0.4, 0.1, -0.7, 0.5, 0.3, -0.6, -0.1];
const ON_OTHERS = [0.2, 0, -0.1, 0, 0.1, -0.2, 0, 0];

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const at = (values: readonly number[], offset: number): number => values[offset] as number;

/** As the guess takes it: own effects that fade with the share that is masked, and effects of each masked token on the others. */
const additive = (mask: readonly number[]): ResidualDraw => ({
  mask,
  residuals: mask.map(
    (i) =>
      Math.sqrt(1 - mask.length / LENGTH) * at(OWN, i) +
      mask.reduce((sum, j) => (j === i ? sum : sum + at(ON_OTHERS, j)), 0),
  ),
});

function drawn(count: number, name = 'draws'): readonly ResidualDraw[] {
  return Array.from({ length: count }, (_, draw) => {
    const random = stream(1, name, draw);
    return additive(maskAtLevel(LENGTH, random.uniform(0), random));
  });
}

const lastGuess = (draws: readonly ResidualDraw[]): number => learnedGuesses(draws, LENGTH).at(-1) as number;

it('guesses nothing on average over all masks of as many tokens, whatever the other draws are', () => {
  const others = drawn(14);
  for (let k = 1; k < LENGTH; k++) {
    const guesses = MASKS.filter((mask) => mask.length === k).map((mask) =>
      lastGuess([...others, additive(mask), additive(mask)]),
    );
    expect(guesses.some((guess) => Math.abs(guess) > 0.01)).toBe(true);
    expect(mean(guesses)).toBeCloseTo(0, 12);
  }
});

it('guesses a draw from the strata of other parts alone', () => {
  const draws = drawn(16);
  const moved = draws.map((draw, d) => (d < 14 ? draw : { ...draw, residuals: draw.residuals.map((x) => x + d) }));
  expect(learnedGuesses(moved, LENGTH).slice(14)).toEqual(learnedGuesses(draws, LENGTH).slice(14));
  expect(learnedGuesses(moved, LENGTH).slice(0, 14)).not.toEqual(learnedGuesses(draws, LENGTH).slice(0, 14));
});

it('learns more from more draws: of effects that add up little is left', () => {
  const left = [4, 16, 64, 512].map((count) => {
    const draws = drawn(count, 'more');
    const guesses = learnedGuesses(draws, LENGTH);
    const departures = draws.map(({ mask, residuals }) => mean(residuals) - meanOfAll(mask.length));
    const squares = (values: readonly number[]): number => mean(values.map((value) => value ** 2));
    return squares(departures.map((departure, d) => departure - at(guesses, d))) / squares(departures);
  });
  expect(left).toEqual(left.toSorted((a, b) => b - a));
  expect(at(left, 2)).toBeLessThan(0.35);
  expect(at(left, 3)).toBeLessThan(0.1);
});

it('guesses nothing from a stratum alone', () => {
  expect(learnedGuesses(drawn(2), LENGTH)).toEqual([0, 0]);
  expect(learnedGuesses(drawn(1), LENGTH)).toEqual([0]);
});

const meanOfAll = (k: number): number =>
  mean(MASKS.filter((mask) => mask.length === k).map((mask) => mean(additive(mask).residuals)));
