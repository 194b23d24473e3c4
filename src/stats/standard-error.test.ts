import { expect, it } from 'vitest';
import { standardError } from './sum.ts';

it('divides by n − 1 and by n', () => {
  // By hand: deviations −2, −1, 3; squares sum to 14; √(14 / 2 / 3).
  expect(standardError([1, 2, 6])).toBe(Math.sqrt(14 / 2 / 3));
});

it('is 0 for equal values', () => {
  expect(standardError([0.25, 0.25, 0.25])).toBe(0);
});

it('keeps its digits under a large offset', () => {
  expect(standardError([1e9 + 1, 1e9 + 2, 1e9 + 6])).toBeCloseTo(Math.sqrt(14 / 6), 12);
});

it('refuses a single value with a sentence', () => {
  expect(() => standardError([3])).toThrow('standardError: needs at least two values, got 1');
});
