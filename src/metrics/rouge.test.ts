import { expect, it } from 'vitest';
import { rougeScores } from './rouge.ts';

// F-measures that the tests of Google's `rouge_score` expect, without stemming.
it.each([
  ['testing', 'rouge1', 1 / 2],
  ['testing one', 'rouge1', 4 / 5],
  ['testing one', 'rouge2', 2 / 3],
  ['testing one', 'rougeL', 4 / 5],
  ['testing two', 'rougeL', 4 / 5],
  ['', 'rouge1', 0],
  ['', 'rouge2', 0],
  ['', 'rougeL', 0],
  ['/', 'rougeL', 0],
] as const)('%j against "testing one two": %s is %f', (text, metric, expected) => {
  expect(rougeScores(text, 'testing one two')[metric]).toBeCloseTo(expected, 12);
});

it('takes the longest subsequence in order, not the longest run', () => {
  // The reference implementation's table: 1 2 3 4 5 and 2 5 3 4 share 2 3 4. P = 3/4, R = 3/5.
  expect(rougeScores('2 5 3 4', '1 2 3 4 5').rougeL).toBeCloseTo((2 * (3 / 4) * (3 / 5)) / (3 / 4 + 3 / 5), 12);
});

it('counts a repeated word as often as both have it, and knows no case, punctuation or accent', () => {
  // written: the the the cat; wanted: the cat the dog. Shared: the (2), cat (1).
  expect(rougeScores('The, the THE cat!', 'the cat the dog').rouge1).toBeCloseTo(6 / 8, 12);
  expect(rougeScores('caf\u00e9', 'caf')).toEqual({ rouge1: 1, rouge2: 0, rougeL: 1 });
});
