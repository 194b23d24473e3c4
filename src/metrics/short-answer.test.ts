import { expect, it } from 'vitest';
import { answerValues, normaliseAnswer } from './short-answer.ts';

it.each([
  ['The  Onion!', 'onion'],
  ["an A-team's car", 'ateams car'],
  ['Then there', 'then there'],
  ['the', ''],
])('%j is normalised to %j', (text, expected) => {
  expect(normaliseAnswer(text)).toBe(expected);
});

it.each([
  ['Onion.', 1, 1, 1],
  ['It is an onion, of course', 1, 0, 2 / 6],
  ['Onions', 1, 0, 0],
  ['spring of onion set', 1, 0, (2 * (2 / 4) * (2 / 2)) / (2 / 4 + 2 / 2)],
  ['garlic', 0, 0, 0],
  ['', 0, 0, 0],
])('%j: contains %i, exact %i, F1 %f', (text, contains, exactMatch, f1) => {
  const found = answerValues(text, ['Onion', 'Onion set']);
  expect(found).toEqual({ contains, exactMatch, f1: expect.closeTo(f1, 12) });
});

it('never finds an answer of which nothing is left', () => {
  expect(answerValues('anything', ['The'])).toEqual({ contains: 0, exactMatch: 0, f1: 0 });
  expect(answerValues('the', ['The'])).toEqual({ contains: 1, exactMatch: 1, f1: 1 });
});
