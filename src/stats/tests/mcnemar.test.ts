import { expect, it } from 'vitest';
import { mcNemar } from './mcnemar.ts';

// scipy 1.17.1: scipy.stats.binomtest(gained, gained + lost).pvalue; mid-p from scipy.stats.binom.cdf and pmf; one-sided cdf.
it.each([
  [1, 7, 0.0703125, 0.0390625, 0.03515625],
  [6, 16, 0.052478790283203125, 0.03468966484069824, 0.026239395141601562],
  [40, 20, 0.01348929373119186, 0.009853448195259268, 0.9968911986703367],
  [0, 5, 0.0625, 0.03125, 0.03125],
  [5, 5, 1, 1, 0.623046875],
  [1200, 1100, 0.03896685268382023, 0.037074406338548235, 0.9824090200033617],
])('of %d gained and %d lost agrees with scipy', (gained, lost, twoSided, midP, less) => {
  expect(mcNemar(gained, lost)).toBeCloseTo(twoSided, 10);
  expect(mcNemar(gained, lost, { midP: true })).toBeCloseTo(midP, 10);
  expect(mcNemar(gained, lost, { alternative: 'less' })).toBeCloseTo(less, 10);
  expect(mcNemar(lost, gained, { alternative: 'greater' })).toBeCloseTo(less, 10);
});

it('is exact: the share of all 2^n outcomes', () => {
  const n = 12;
  for (let gained = 0; gained <= n; gained++) {
    let outcomes = 0;
    for (let pattern = 0; pattern < 2 ** n; pattern++) {
      const ups = pattern.toString(2).replaceAll('0', '').length;
      if (Math.abs(2 * ups - n) >= Math.abs(2 * gained - n)) outcomes++;
    }
    expect(mcNemar(gained, n - gained)).toBeCloseTo(outcomes / 2 ** n, 12);
  }
});

it('says nothing where no pair differs', () => expect(mcNemar(0, 0, { midP: true })).toBe(1));

it('refuses what is no count', () => {
  expect(() => mcNemar(1.5, 2)).toThrow('mcNemar: needs counts of pairs, got 1.5 and 2');
});
