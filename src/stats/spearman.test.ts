import { expect, it } from 'vitest';
import { spearman } from './spearman.ts';

// scipy.stats.spearmanr(x, y).statistic
it.each([
  [[1, 2, 3, 4, 5], [5, 6, 7, 8, 7], 0.8207826816681233],
  [[106, 86, 100, 101, 99, 103, 97, 113, 112, 110], [7, 0, 27, 50, 28, 29, 20, 12, 6, 17], -0.17575757575757575],
  [[0, 0, 1, 1, 2, 2], [0, 1, 2, 3, 4, 5], 0.9561828874675149],
])('agrees with SciPy, ties included: %j', (x, y, expected) => {
  expect(spearman(x, y)).toBeCloseTo(expected, 12);
});

it('is 1 and -1 for orders that agree and oppose, whatever the distances', () => {
  expect(spearman([1, 10, 100], [-3, -2, 50])).toBeCloseTo(1, 14);
  expect(spearman([1, 10, 100], [3, 2, 1])).toBeCloseTo(-1, 14);
});

it('has no value where one side does not vary', () => {
  expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull();
  expect(spearman([1], [1])).toBeNull();
  expect(spearman([], [])).toBeNull();
});

it('refuses lists of different length', () => {
  expect(() => spearman([1], [1, 2])).toThrow('1 and 2 values');
});
