import { expect, it } from 'vitest';
import { textVariety } from './text-variety.ts';

it('counts tokens, pairs and triples that differ, and 4-grams that come again', () => {
  // 1 2 3 4 1 2 3 4: pairs 12 23 34 41 12 23 34, triples 123 234 341 412 123 234, 4-grams 1234 2341 3412 4123 1234.
  const found = textVariety([1, 2, 3, 4, 1, 2, 3, 4]);
  expect(found.entropy).toBeCloseTo(Math.log(4), 12);
  const { distinct1, distinct2, distinct3, repeated4 } = found;
  expect([distinct1, distinct2, distinct3]).toEqual([4 / 8, 4 / 7, 4 / 6]);
  expect(repeated4).toBeCloseTo(1 / 5, 12);
});

it('finds no entropy in one token, and none to speak of in three', () => {
  expect(textVariety([7, 7, 7, 7, 7]).entropy).toBeCloseTo(0, 12);
  expect(() => textVariety([1, 2, 3])).toThrow(RangeError);
});
