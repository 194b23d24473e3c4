import { expect, it } from 'vitest';
import { tTest } from './t-test.ts';

// scipy 1.17.1: scipy.stats.ttest_1samp([0.6, -0.5, 0.8, 1.6, 0.3], 0, alternative=…).pvalue
it('agrees with scipy', () => {
  const differences = [0.6, -0.5, 0.8, 1.6, 0.3];
  expect(tTest(differences)).toBeCloseTo(0.17635265261875582, 12);
  expect(tTest(differences, 'less')).toBeCloseTo(0.9118236736906221, 12);
  expect(tTest(differences, 'greater')).toBeCloseTo(0.08817632630937791, 12);
});

it('of equal differences says what their signs say', () => {
  expect(tTest([0, 0, 0])).toBe(1);
  expect(tTest([-1, -1])).toBe(0.5);
  expect(tTest([-1, -1], 'less')).toBe(0.25);
  expect(tTest([-1, -1], 'greater')).toBe(0.75);
});
