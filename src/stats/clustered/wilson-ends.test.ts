import { expect, it } from 'vitest';
import { wilsonInterval } from '../intervals/wilson-interval.ts';
import { wilsonEnds } from './bounded-interval.ts';

const quantile = 1.959963984540054;

it('is Wilson’s interval for a share of independent items', () => {
  for (const [successes, n] of [
    [0, 13],
    [1, 13],
    [7, 13],
    [13, 13],
    [900, 1000],
  ] as const) {
    const mean = successes / n;
    const [low, high] = wilsonEnds({ mean, variance: (mean * (1 - mean)) / n, items: n, quantile });
    const { low: wilsonLow, high: wilsonHigh } = wilsonInterval(successes, n);
    expect(low).toBeCloseTo(wilsonLow, 12);
    expect(high).toBeCloseTo(wilsonHigh, 12);
  }
});

it('holds what a share of unseen items could do where all values are equal', () => {
  const unseen = quantile ** 2 / (13 + quantile ** 2);
  const [low, high] = wilsonEnds({ mean: 0.5, variance: 0, items: 13, quantile });
  expect(low).toBeCloseTo(0.5 * (1 - unseen), 12);
  expect(high).toBeCloseTo(0.5 * (1 - unseen) + unseen, 12);
});

it('never leaves 0..1, however large the variance', () => {
  for (const mean of [0, 0.001, 0.3, 0.999, 1]) {
    for (const variance of [0, 1e-9, 0.01, 0.2]) {
      const [low, high] = wilsonEnds({ mean, variance, items: 40, quantile });
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual(mean);
      expect(high).toBeGreaterThanOrEqual(mean);
    }
  }
});
