import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { countdownD1, countdownTest, countdownTrain, problemOf } from '../../tasks/countdown/rows.ts';
import { isLenientlyCorrect, strictVerdict } from '../../tasks/countdown/verdict.ts';
import { firstSolution } from './solve.ts';

const folder = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const isPresent = existsSync(`${folder}countdown/cd3_test.jsonl`);
const skipped = isPresent ? '' : ' (skipped: the folder ../shared with the published rows is not here)';
const pathOf = (file: string) => folder + file;

describe('firstSolution (T31)', () => {
  it('is the first one of a depth-first search', () => {
    expect(firstSolution({ numbers: [86, 28, 13, 31], target: 96 })).toBe('86+28=114,31-13=18,114-18=96');
    expect(firstSolution({ numbers: [97, 38, 3, 17], target: 14 })).toBe('97-38=59,59-17=42,42/3=14');
  });

  it('is null where whole numbers do not suffice', () => {
    expect(firstSolution({ numbers: [3, 3, 8, 8], target: 24 })).toBeNull();
  });

  it('never divides by zero, and uses all numbers', () => {
    expect(firstSolution({ numbers: [5, 5, 7], target: 7 })).toBe('5-5=0,7+0=7');
    expect(firstSolution({ numbers: [10, 1], target: 10 })).toBe('10*1=10');
    expect(firstSolution({ numbers: [10, 2], target: 10 })).toBeNull();
  });

  it('refuses numbers whose product a double cannot hold', () => {
    expect(() => firstSolution({ numbers: [999_999_999, 999_999_999], target: 1 })).toThrow(RangeError);
  });
});

describe.skipIf(!isPresent)(`published rows${skipped}`, () => {
  it.each([
    [countdownTest(3), 1000],
    [countdownTest(4), 1000],
    [countdownTest(5), 1000],
    [countdownTrain, 2000],
  ] as const)('$name carry the first solution, which both rules accept', async (source, expected) => {
    const rows = await source.read(pathOf);
    expect(rows).toHaveLength(expected);
    const other = rows.filter((row) => {
      const problem = problemOf(row);
      const isRight = strictVerdict(problem, row.output) === 'correct' && isLenientlyCorrect(problem, row.output);
      return !isRight || firstSolution(problem) !== row.output;
    });
    expect(other).toEqual([]);
  });

  it('of the other form are 256 and have a solution each', async () => {
    const rows = await countdownD1.read(pathOf);
    expect(rows).toHaveLength(256);
    expect(rows[0]).toEqual({ input: '30,100,93', output: '23' });
    const problems = rows.map(({ input, output }) => ({
      numbers: input.split(',').map(Number),
      target: Number(output),
    }));
    expect(problems.filter((problem) => firstSolution(problem) === null)).toEqual([]);
  });
});
