import { expect, it } from 'vitest';
import { testDifference } from './test-difference.ts';

const pairs = (values: readonly number[]) => values.map((value, i) => ({ id: String(i), value, reference: 0 }));

it('chooses the test by the values and their number', () => {
  expect(testDifference(pairs([0, 1, 1]), 'auto')).toEqual({
    p: expect.closeTo(0.5, 12),
    test: 'McNemar, exact',
  });
  expect(testDifference(pairs([0.5, 1.5, 2]), 'auto')).toEqual({ p: 0.25, test: 'permuted signs, exact' });
  expect(testDifference(pairs(Array.from({ length: 40 }, (_, i) => i - 10.5)), 'auto').test).toBe('permuted signs');
  expect(testDifference(pairs(Array.from({ length: 1001 }, (_, i) => i - 400.5)), 'auto').test).toBe('paired t');
});

it('does as it is told', () => {
  // Mid-p of 2 gained of 2: 2 (1/4 − 1/8)
  expect(testDifference(pairs([0, 1, 1]), 'mcnemar-mid-p')).toEqual({
    p: expect.closeTo(0.25, 12),
    test: 'McNemar, mid-p',
  });
  expect(testDifference(pairs([0.5, 1.5, 2]), 'permutation', 'less').p).toBe(1);
  expect(testDifference(pairs([1]), 't').p).toBe(1);
  expect(() => testDifference(pairs([0.5]), 'mcnemar')).toThrow('needs values of 0 and 1');
});
