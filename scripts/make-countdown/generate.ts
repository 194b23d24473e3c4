/**
 * Countdown rows of our own, by the rules of the published generator (Stream of Search, arXiv:2404.03683) with our own random
 * numbers: its training stream would need Python's generator and beam search. Rows of `train` and `held-out` share no target.
 */
import { type RandomStream, stream } from '../../src/core/numbers/random.ts';
import { problemText, type Size } from '../../tasks/countdown/problem.ts';
import type { CountdownRow } from '../../tasks/countdown/rows.ts';
import { firstSolution } from './solve.ts';

const FIRST_TARGET = 10;
const LAST_TARGET = 100;
/** Largest given number; the smallest is 1. */
const LARGEST_NUMBER = 99;

/** Targets of the published test rows, which no training row has: the first nine of 10..100 as Python's seeds 3, 4, 5 shuffle them. */
export const HELD_OUT_TARGETS: Readonly<Record<Size, readonly number[]>> = {
  3: [22, 24, 25, 30, 32, 50, 65, 67, 96],
  4: [14, 39, 41, 57, 62, 81, 87, 89, 96],
  5: [43, 48, 51, 68, 73, 80, 92, 95, 98],
};

/** `held-out`: the nine targets of the published test rows. `train`: the other 82 of 10..100. */
export type Split = 'train' | 'held-out';

export interface GeneratorSettings {
  readonly size: Size;
  readonly split: Split;
  /** How many, all different. */
  readonly rows: number;
}

/** Draws for one row before giving up; about one in 33 (three numbers) to one in 2 (five) has a solution. */
const MOST_DRAWS = 100_000;

/**
 * Target uniform over the split's, numbers uniform in 1..99 with replacement and redrawn until there is a solution that uses
 * all of them; the stored solution is the first of a depth-first search. The first rows are the same for any number of rows.
 *
 * @throws RangeError when so many rows are asked for that no further one is found
 */
export function generateCountdown(seed: number, { size, split, rows }: GeneratorSettings): readonly CountdownRow[] {
  const targets = targetsOf(size, split);
  const found = new Map<string, CountdownRow>();
  for (let index = 0; index < rows; index++) {
    const row = draw(stream(seed, 'countdown', size, split, index), size, targets, found);
    found.set(row.input, row);
  }
  return [...found.values()];
}

/** Ascending. */
export function targetsOf(size: Size, split: Split): readonly number[] {
  const all = Array.from({ length: LAST_TARGET - FIRST_TARGET + 1 }, (_, i) => FIRST_TARGET + i);
  return all.filter((target) => HELD_OUT_TARGETS[size].includes(target) === (split === 'held-out'));
}

function draw(
  random: RandomStream,
  size: Size,
  targets: readonly number[],
  taken: ReadonlyMap<string, CountdownRow>,
): CountdownRow {
  const target = targets[Math.floor(random.uniform(0) * targets.length)] as number;
  for (let attempt = 0; attempt < MOST_DRAWS; attempt++) {
    const numbers = Array.from(
      { length: size },
      (_, i) => 1 + Math.floor(random.uniform(1 + attempt * size + i) * LARGEST_NUMBER),
    );
    const input = problemText({ numbers, target });
    const output = taken.has(input) ? null : firstSolution({ numbers, target });
    if (output !== null) return { input, output };
  }
  throw new RangeError(`generateCountdown: no further row with target ${target} in ${MOST_DRAWS} draws`);
}
