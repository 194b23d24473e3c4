import { expect, it } from 'vitest';
import { tangoBound } from './tango-interval.ts';

const DIGITS = 7;

// The first two are the examples of Fagerland, Lydersen and Laake 2014 (Statistics in Medicine 33), which print
// −0.517 to −0.026 and −0.124 to −0.005. All: scipy 1.17.1, the likelihood maximised over q by minimize_scalar instead of
// the closed form, the bound by brentq; the non-iterative quartic of Yang, Sun and Hardin 2013 gives the same digits.
it.each([
  [1, 7, 21, -0.51723228, -0.02600303],
  [6, 16, 161, -0.12402343, -0.0054334],
  [40, 20, 160, 0.03086453, 0.21806424],
  [12, 2, 50, 0.06111241, 0.34470875],
])('%d gained and %d lost of %d agree with scipy', (gained, lost, n, low, high) => {
  expect(tangoBound(gained, lost, n, 0.975)).toBeCloseTo(low, DIGITS);
  expect(-tangoBound(lost, gained, n, 0.975)).toBeCloseTo(high, DIGITS);
});

it('leaves room where no pair differs: z² / (n + z²)', () => {
  const z = 1.6448536269514722; // normal quantile at 0.95
  for (const n of [1, 9, 268, 5153]) {
    expect(tangoBound(0, 0, n, 0.95)).toBeCloseTo(-(z * z) / (n + z * z), 12);
  }
});

it('stays within −1 and the difference, also at the ends', () => {
  expect(tangoBound(0, 5, 5, 0.95)).toBe(-1);
  const allGained = tangoBound(5, 0, 5, 0.95);
  expect(allGained).toBeGreaterThan(0);
  expect(allGained).toBeLessThan(1);
});

it('refuses what are no counts of pairs, with a sentence', () => {
  expect(() => tangoBound(0, 0, 0, 0.95)).toThrow('tangoBound: needs at least one pair, got 0');
  expect(() => tangoBound(3, 3, 5, 0.95)).toThrow('tangoBound: needs at most 5 pairs that differ, got 6');
  expect(() => tangoBound(1, 1, 5, 95)).toThrow('tangoBound: needs 0.5 < level < 1, got 95');
});
