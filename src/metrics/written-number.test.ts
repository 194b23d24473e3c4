import { expect, it } from 'vitest';
import { isNumber, lastNumber } from './written-number.ts';

it.each([
  ['27', 27],
  ['70 - 27 = 43.', 43],
  ['$1,234.50 in all', 1234.5],
  ['-3', -3],
  ['.5', 0.5],
  ['none', null],
])('%j ends in %j', (text, expected) => {
  expect(lastNumber(text)).toBe(expected);
});

it('is right within rounding', () => {
  expect([isNumber(0.6667, 0.6666666667), isNumber(0.66, 0.6666666667), isNumber(43, 43), isNumber(null, 0)]).toEqual([
    ...[true, false, true, false],
  ]);
});
