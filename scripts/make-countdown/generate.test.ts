import { describe, expect, it } from 'vitest';
import { SIZES } from '../../tasks/countdown/problem.ts';
import { problemOf } from '../../tasks/countdown/rows.ts';
import { pythonShuffled } from '../../test/golden/python-random.ts';
import { generateCountdown, HELD_OUT_TARGETS, targetsOf } from './generate.ts';

const TARGETS = Array.from({ length: 91 }, (_, i) => 10 + i);

describe('held-out targets (T32)', () => {
  it('are the first nine of 10..100 as Python shuffles them with seeds 3, 4 and 5', () => {
    expect(pythonShuffled(4, TARGETS).slice(0, 9)).toEqual([81, 96, 89, 39, 41, 62, 57, 14, 87]);
    for (const size of SIZES) {
      const first = pythonShuffled(size, TARGETS).slice(0, 9);
      expect(first.sort((a, b) => a - b)).toEqual(HELD_OUT_TARGETS[size]);
    }
  });

  it('and the targets of training share 10..100 out', () => {
    for (const size of SIZES) {
      expect(targetsOf(size, 'held-out')).toHaveLength(9);
      expect(targetsOf(size, 'train')).toHaveLength(82);
      const both = [...targetsOf(size, 'held-out'), ...targetsOf(size, 'train')];
      expect(both.sort((a, b) => a - b)).toEqual(TARGETS);
    }
  });
});

describe('generateCountdown', () => {
  it('draws the same rows for the same seed, whatever the number of rows', () => {
    const settings = { size: 3, split: 'train' } as const;
    const rows = generateCountdown(7, { ...settings, rows: 40 });
    expect(generateCountdown(7, { ...settings, rows: 10 })).toEqual(rows.slice(0, 10));
    expect(generateCountdown(8, { ...settings, rows: 10 })).not.toEqual(rows.slice(0, 10));
    // The first row that was ever drawn: a change of the generator is a change of every data set made with it.
    expect(generateCountdown(0, { ...settings, rows: 1 })).toEqual([
      { input: '10,9,49,68', output: '10+9=19,49+19=68' },
    ]);
  });

  it('reaches every target of its split, and numbers from 1 to 99', () => {
    const rows = generateCountdown(1, { size: 4, split: 'held-out', rows: 400 }).map(problemOf);
    expect([...new Set(rows.map(({ target }) => target))].sort((a, b) => a - b)).toEqual(HELD_OUT_TARGETS[4]);
    const numbers = rows.flatMap((row) => row.numbers);
    expect([Math.min(...numbers), Math.max(...numbers)]).toEqual([1, 99]);
  });
});
