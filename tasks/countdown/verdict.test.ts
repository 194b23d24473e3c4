import { describe, expect, it } from 'vitest';
import { parseProblem } from './problem.ts';
import { problemOf } from './rows.ts';
import { isLenientlyCorrect, strictVerdict } from './verdict.ts';

const PROBLEM = problemOf({ input: '86,28,13,31,96' });
const GOLD = '86+28=114,31-13=18,114-18=96';

describe('the two rules (T30)', () => {
  it('both accept the published solution', () => {
    expect(strictVerdict(PROBLEM, GOLD)).toBe('correct');
    expect(isLenientlyCorrect(PROBLEM, GOLD)).toBe(true);
  });

  it.each([
    ['95+1=96', 'wrong-count'],
    ['86+28=114,114-18=96', 'wrong-count'],
  ] as const)('differ on %s', (solution, verdict) => {
    expect(isLenientlyCorrect(PROBLEM, solution)).toBe(true);
    expect(strictVerdict(PROBLEM, solution)).toBe(verdict);
  });
});

describe('strictVerdict', () => {
  it.each([
    ['', 'malformed'],
    ['86+28=114,31-13=18,114-18=96,', 'malformed'],
    ['86+28=114, 31-13=18,114-18=96', 'malformed'],
    ['86+28=114,31-13=18,114-18=96.0', 'malformed'],
    ['86+28=114,13-31=-18,114+-18=96', 'malformed'],
    ['86+28+13+31=158', 'malformed'],
    ['086+28=114,31-13=18,114-18=96', 'malformed'],
    ['86+28=114,31-13=18,114-18=096', 'malformed'],
    ['86+28=114,31-13=18,114-18=96,96*1=96', 'wrong-count'],
    ['86+28=114,31-28=3,114-18=96', 'unavailable-number'],
    ['86+28=114,31-13=18,114-114=0', 'unavailable-number'],
    ['86+28=115,31-13=18,115-18=97', 'wrong-arithmetic'],
    ['86+28=114,31/13=2,114/2=57', 'wrong-arithmetic'],
    ['86+28=114,31-13=18,114+18=132', 'wrong-target'],
  ])('of %j is %s', (solution, verdict) => {
    expect(strictVerdict(PROBLEM, solution)).toBe(verdict);
  });

  it('takes each number once, twice where it was given twice', () => {
    const twice = problemOf({ input: '5,5,1,26' });
    expect(strictVerdict(twice, '5*5=25,25+1=26')).toBe('correct');
    expect(strictVerdict(problemOf({ input: '5,6,1,26' }), '5*5=25,25+1=26')).toBe('unavailable-number');
  });

  it('lets a result be used before all given numbers are', () => {
    expect(strictVerdict(PROBLEM, ' 114-18=96,86+28=114,31-13=18 ')).toBe('unavailable-number');
    expect(strictVerdict(PROBLEM, ` ${GOLD}\n`)).toBe('correct');
  });

  it('is soon done with numbers out of all proportion', () => {
    const digits = '9'.repeat(100_000);
    expect(strictVerdict(PROBLEM, `${digits}*${digits}=1,1+1=2,2+2=4`)).toBe('malformed');
  });
});

describe('isLenientlyCorrect', () => {
  it.each([
    ['86+28=114,114-18=96', true],
    ['(95+1)=96', false],
    ['95+1*1=96', true],
    ['95+(2-1)=96', false],
    ['95+1+(2-2)=96', true],
    ['95+1=95+1,95+1=96', false],
    ['95+2=96', false],
    ['95+1=96.0', false],
    ['96=96', false],
    ['95+1=96=96', false],
    ['096/1=96', false],
    ['192/2=96', true],
    ['95+1=97,95+1=96', false],
    ['95+1=96;import os', false],
    ['95+1', false],
    ['', false],
  ])('of %j is %s', (solution, accepted) => {
    expect(isLenientlyCorrect(PROBLEM, solution)).toBe(accepted);
  });

  it('compares exactly, where the published script compares floats', () => {
    const third = { numbers: [1, 2, 3], target: 2 };
    expect(isLenientlyCorrect(third, '7/3=2.3333333333333335,1+1=2')).toBe(false);
    expect(isLenientlyCorrect(third, '7/2=3.5,1+1=2')).toBe(true);
  });
});

it('reads problems of whole numbers only', () => {
  expect(parseProblem('1,2,3')).toEqual({ numbers: [1, 2], target: 3 });
  for (const input of ['1,2', '', '1,2,3,', '1, 2,3', '1,-2,3', '1,2.5,3', '1,2,9999999999']) {
    expect(parseProblem(input), input).toBeNull();
  }
});
