import { expect, it } from 'vitest';
import type { Estimate } from '../../core/estimate.ts';
import { monotoneEnds } from '../../metrics/monotone-families.ts';

const estimate = (low: number, value: number, high: number): Estimate => ({
  ...{ low, value, high, confidence: 0.95, stderr: 0.01, n: 9, unscored: 0, method: 'mean, bounded' },
});

it('widens ends that do not rise, and moves no value', () => {
  const family = monotoneEnds([estimate(0.48, 0.5, 0.62), estimate(0.45, 0.55, 0.6), estimate(0.5, 0.6, 0.7)]);
  expect(family.map(({ low }) => low)).toEqual([0.45, 0.45, 0.5]);
  expect(family.map(({ high }) => high)).toEqual([0.62, 0.62, 0.7]);
  expect(family.map(({ value }) => value)).toEqual([0.5, 0.55, 0.6]);
});
