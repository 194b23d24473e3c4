import { describe, expect, it } from 'vitest';
import { mean, sum } from './sum.ts';

describe('sum', () => {
  it('adds small numbers', () => {
    expect(sum([1, 2, 3.5])).toBe(6.5);
  });

  it('is 0 for nothing', () => {
    expect(sum([])).toBe(0);
  });

  // Neumaier's own example; a plain loop and Kahan's original method both give 0.
  it('keeps what a plain loop loses', () => {
    expect(sum([1, 1e100, 1, -1e100])).toBe(2);
  });

  // The exact sum of ten doubles nearest to 0.1 rounds to 1; a plain loop gives 0.9999999999999999.
  it('adds ten tenths to one', () => {
    expect(sum(Array(10).fill(0.1))).toBe(1);
  });
});

describe('mean', () => {
  it('is the sum divided by the count', () => {
    expect(mean([1, 2, 6])).toBe(3); // by hand: 9 / 3
  });

  it('refuses no values with a sentence', () => {
    expect(() => mean([])).toThrow('mean: needs at least one value, got none');
  });
});
