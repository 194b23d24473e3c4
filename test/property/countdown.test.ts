/** Countdown: generated rows are right, the search agrees with another way of solving, and spoilt solutions are refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GeneratorSettings, generateCountdown, HELD_OUT_TARGETS } from '../../scripts/make-countdown/generate.ts';
import { firstSolution } from '../../scripts/make-countdown/solve.ts';
import { type Problem, SIZES } from '../../tasks/countdown/problem.ts';
import { countdownRowSchema, problemOf } from '../../tasks/countdown/rows.ts';
import { isLenientlyCorrect, strictVerdict } from '../../tasks/countdown/verdict.ts';
import { isReachable } from './countdown-oracle.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const settings = fc.record<GeneratorSettings>({
  size: fc.constantFrom(...SIZES),
  split: fc.constantFrom('train', 'held-out'),
  rows: fc.constant(3),
});
const solved = fc
  .tuple(seeds, settings)
  .map(([seed, each]) => generateCountdown(seed, each)[0] as { input: string; output: string });

describe('generated rows', () => {
  it('are solved, by both rules, with a target of their split, and all different', () => {
    fc.assert(
      fc.property(seeds, settings, (seed, each) => {
        const rows = generateCountdown(seed, each);
        expect(new Set(rows.map(({ input }) => input)).size).toBe(each.rows);
        for (const row of rows) {
          const problem = problemOf(countdownRowSchema.parse(row));
          expect(problem.numbers).toHaveLength(each.size);
          expect(strictVerdict(problem, row.output)).toBe('correct');
          expect(isLenientlyCorrect(problem, row.output)).toBe(true);
          expect(HELD_OUT_TARGETS[each.size].includes(problem.target)).toBe(each.split === 'held-out');
          expect(isReachable(problem.numbers, problem.target)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the search', () => {
  it('finds a solution exactly where there is one', () => {
    const problem = fc.record<Problem>({
      numbers: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 4 }),
      target: fc.integer({ min: 0, max: 120 }),
    });
    fc.assert(
      fc.property(problem, (each) => {
        const solution = firstSolution(each);
        expect(solution !== null).toBe(isReachable(each.numbers, each.target));
        if (solution !== null) expect(strictVerdict(each, solution)).toBe('correct');
      }),
      { numRuns: 500 },
    );
    expect(isReachable([3, 3, 8, 8], 24)).toBe(false);
  });
});

describe('the strict rule', () => {
  it('accepts nothing that the published rule refuses', () => {
    const padded = fc.array(fc.nat({ max: 2 }), { minLength: 12, maxLength: 12 });
    const signs = fc.array(fc.constantFrom('+', '-', '*', '/'), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)), signs, padded, ([a, b, c], [first, second], zeros) => {
        const value = (x: number, sign: string | undefined, y: number): number =>
          sign === '+' ? x + y : sign === '-' ? x - y : sign === '*' ? x * y : x / y;
        const middle = value(a, first, b);
        const target = value(middle, second, c);
        if (![middle, target].every((each) => Number.isInteger(each) && each >= 0)) return;
        const solution = `${a}${first}${b}=${middle},${middle}${second}${c}=${target}`;
        let at = 0;
        const spelt = solution.replaceAll(/\d+/g, (digits) => '0'.repeat(zeros[at++] ?? 0) + digits);
        const problem = { numbers: [a, b, c], target };
        expect(strictVerdict(problem, solution)).toBe('correct');
        for (const text of [solution, spelt]) {
          if (strictVerdict(problem, text) === 'correct') expect(isLenientlyCorrect(problem, text)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('spoilt solutions', () => {
  it('are refused when one digit of a result changes', () => {
    fc.assert(
      fc.property(solved, fc.nat(), fc.integer({ min: 1, max: 9 }), (row, which, by) => {
        const equations = row.output.split(',');
        const at = which % equations.length;
        const spoilt = (equations[at] as string).replace(/\d$/, (digit) => String((Number(digit) + by) % 10));
        expect(strictVerdict(problemOf(row), equations.with(at, spoilt).join())).not.toBe('correct');
      }),
      { numRuns: 60 },
    );
  });

  it('are refused when an equation is left out, doubled or the target is another', () => {
    fc.assert(
      fc.property(solved, fc.nat(), (row, which) => {
        const problem = problemOf(row);
        const equations = row.output.split(',');
        const at = which % equations.length;
        expect(strictVerdict(problem, equations.toSpliced(at, 1).join())).not.toBe('correct');
        expect(strictVerdict(problem, equations.toSpliced(at, 0, equations[at] as string).join())).not.toBe('correct');
        expect(strictVerdict({ ...problem, target: problem.target + 1 }, row.output)).toBe('wrong-target');
      }),
      { numRuns: 60 },
    );
  });

  it('are refused when a number was never given', () => {
    fc.assert(
      fc.property(solved, (row) => {
        const problem = problemOf(row);
        const other = problem.numbers.map((number, i) => (i === 0 ? 1000 + number : number));
        expect(strictVerdict({ ...problem, numbers: other }, row.output)).toBe('unavailable-number');
        expect(isLenientlyCorrect({ ...problem, numbers: other }, row.output)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
