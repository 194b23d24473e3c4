import { expect, it } from 'vitest';
import { passAtK } from './score-programs.ts';

// Trap T29 of the project's protocol notes.
it.each([
  [5, 2, 1, 0.4],
  [10, 3, 5, 0.916667],
  [200, 13, 10, 0.497551],
])('T29: n=%i, c=%i, k=%i gives %f', (n, c, k, expected) => {
  expect(passAtK(n, c, k)).toBeCloseTo(expected, 6);
});

it('is the share of passing draws at k = 1, 0 without any, 1 where no k draws can all fail', () => {
  for (let c = 0; c <= 10; c++) expect(passAtK(10, c, 1)).toBeCloseTo(c / 10, 12);
  expect(passAtK(10, 0, 10)).toBe(0);
  expect(passAtK(10, 1, 10)).toBe(1);
  expect(passAtK(10, 6, 5)).toBe(1);
});

it('equals the share of all k-subsets that hold a passing draw', () => {
  for (let c = 0; c <= 6; c++) {
    for (let k = 1; k <= 6; k++) {
      const subsets = Array.from({ length: 64 }, (_, bits) => bits).filter((bits) => ones(bits) === k);
      const hits = subsets.filter((bits) => (bits & (2 ** c - 1)) !== 0);
      expect(passAtK(6, c, k)).toBeCloseTo(hits.length / subsets.length, 12);
    }
  }
});

it('refuses k above n and counts that cannot be', () => {
  for (const [n, c, k] of [
    [5, 2, 6],
    [5, 6, 1],
    [5, -1, 1],
    [5, 2, 0],
    [5, 2, 1.5],
  ] as const) {
    expect(() => passAtK(n, c, k)).toThrow(RangeError);
  }
});

function ones(bits: number): number {
  return [...bits.toString(2)].filter((digit) => digit === '1').length;
}
