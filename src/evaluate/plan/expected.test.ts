import { expect, it } from 'vitest';
import { bothFamilies, choose, continuation, joint } from '../../core/wording.ts';
import { expectedOf, rateOf, secondsLeft, sizeOf } from './expected.ts';

const asked = (context: string, answers: readonly string[]) => ({
  question: choose([...answers], 0, bothFamilies(joint(answers.map((answer) => continuation(context, answer))))),
});

it('counts the characters of every alternative, with what stands before each', () => {
  expect(sizeOf(asked('abc', [' de', ' f']), 'diffusion')).toBe(3 + 3 + 3 + 2);
});

it('expects of all items what was tried takes, in proportion to the characters', () => {
  const tried = { items: 2, size: 50, passes: 10, bytes: 400, work: { tokens: 200, flops: 1e6 }, flopsPerSecond: 5e5 };
  expect(expectedOf(tried, 500)).toEqual({ passes: 100, tokens: 2000, flops: 1e7, bytes: 4000 });
  expect(expectedOf({ ...tried, size: 0 }, 500).flops).toBe(0);
});

it('takes a rate while as much is in flight as in a run, though the last ones are computed alone', () => {
  const amid = [1, 2, 3, 4].map((at) => ({ at, flops: 100 }));
  const rest = [5, 6, 7].map((at) => ({ at, flops: 20 }));
  expect(rateOf([...amid, ...rest], 4.5)).toBe(100);
  // What is half done when nothing more is begun is counted once it is done.
  expect(
    rateOf(
      [1, 2, 3, 4].map((at) => ({ at: at + 0.5, flops: 100 })),
      2,
    ),
  ).toBeCloseTo(400 / 4.5, 12);
  expect(rateOf([], 8)).toBe(0);
});

it('knows the time that is left from the pace of this run and of runs before it, which count for five seconds', () => {
  expect(secondsLeft(100, 0, 0, null)).toBeNull();
  expect(secondsLeft(100, 50, 10, null)).toBe(20);
  expect(secondsLeft(100, 0, 0, 0.2)).toBeCloseTo(20, 12);
  // Before: 0.2 s a character; now 0.4 s: 25 characters in 10 s and 25 in 5 s are 0.3 s.
  expect(secondsLeft(100, 25, 10, 0.2)).toBeCloseTo(100 * (15 / 50), 12);
  expect(secondsLeft(100, 1e6, 4e5, 0.2)).toBeCloseTo(40, 2);
});
