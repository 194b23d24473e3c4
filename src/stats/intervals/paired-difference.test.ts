import { expect, it } from 'vitest';
import type { ItemValue } from '../paired-values.ts';
import { pairedDifference } from './paired-difference.ts';

const DIGITS = 10;
const items = (values: readonly number[]): ItemValue[] => values.map((value, i) => ({ id: `item/${i}`, value }));
const first = items([2.1, 3.4, 1.9, 5.6, 4.4]);
const second = items([1.5, 3.9, 1.1, 4.0, 4.1]);

// scipy 1.17.1: scipy.stats.ttest_rel(first, second).confidence_interval(0.95), scipy.stats.sem(first − second)
it('of measured values agrees with scipy', () => {
  const estimate = pairedDifference(first, second, 0.95, 3);
  expect(estimate.value).toBeCloseTo(0.56, DIGITS);
  expect(estimate.stderr).toBeCloseTo(0.34146742157927734, DIGITS);
  expect(estimate.low).toBeCloseTo(-0.388065551228296, DIGITS);
  expect(estimate.high).toBeCloseTo(1.508065551228296, DIGITS);
  expect(estimate).toMatchObject({ n: 5, unscored: 3, confidence: 0.95, method: 'paired difference, Student t' });
});

// 1 pair up, 7 down, 13 alike: Fagerland, Lydersen and Laake 2014 print −0.517 to −0.026.
it('of 0/1 values is Tango’s interval', () => {
  const values = [1, ...Array(7).fill(0), ...Array(13).fill(1)];
  const reference = [0, ...Array(7).fill(1), ...Array(13).fill(1)];
  const estimate = pairedDifference(items(values), items(reference));
  expect(estimate.value).toBeCloseTo(-6 / 21, DIGITS);
  expect([estimate.low.toFixed(3), estimate.high.toFixed(3)]).toEqual(['-0.517', '-0.026']);
  expect(estimate.method).toBe('paired difference, Tango');
});

it('pairs by id, not by place', () => {
  expect(pairedDifference(first, second.toReversed())).toEqual(pairedDifference(first, second));
});

it('changes sign when the sides change places', () => {
  const there = pairedDifference(first, second);
  const back = pairedDifference(second, first);
  expect([back.value, back.low, back.high]).toEqual([-there.value, -there.high, -there.low]);
});

it.each([
  ['no items', [], [], 'needs at least one item, got none'],
  ['an item less under the reference', first, second.slice(1), 'item item/0 has no value under the reference'],
  ['an item more under the reference', first.slice(1), second, 'item item/0 has a value under the reference only'],
  ['an item twice', [...first, ...first.slice(0, 1)], second, 'item item/0 is there twice'],
])('refuses %s', (_what, values, reference, message) => {
  expect(() => pairedDifference(values, reference)).toThrow(message);
});
