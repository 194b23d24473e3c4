import { describe, expect, it } from 'vitest';
import { type RandomStream, stream } from '../../core/numbers/random.ts';
import { normalQuantile } from '../distributions/normal-quantile.ts';
import type { ItemValue } from '../paired-values.ts';
import { leastItems, nonInferiority } from './non-inferiority.ts';

const items = (values: readonly number[]): ItemValue[] => values.map((value, i) => ({ id: `item/${i}`, value }));

// scipy 1.17.1: scipy.stats.ttest_rel(x, y, alternative='greater').confidence_interval(0.95).low
it('of measured values has the lower bound of scipy', () => {
  const [x, y] = [items([2.1, 3.4, 1.9, 5.6, 4.4]), items([1.5, 3.9, 1.1, 4.0, 4.1])];
  expect(nonInferiority(x, y, { margin: 0.2 })).toEqual({
    nonInferior: true,
    bound: expect.closeTo(-0.16795622532902965, 10),
    margin: 0.2,
    alpha: 0.05,
    n: 5,
  });
  expect(nonInferiority(x, y, { margin: 0.16 }).nonInferior).toBe(false);
  expect(nonInferiority(x, y, { margin: 0.2, alpha: 0.01 }).nonInferior).toBe(false);
});

// z² (1 − 0.01) / 0.01 = 267.9 with z = 1.644854
it('needs 268 items without a difference to rule out a loss of one point', () => {
  const alike = (n: number) => items(Array.from({ length: n }, (_, i) => i % 2));
  expect(nonInferiority(alike(267), alike(267), { margin: 0.01 }).nonInferior).toBe(false);
  expect(nonInferiority(alike(268), alike(268), { margin: 0.01 }).nonInferior).toBe(true);
  expect(leastItems(0.01, 0.05)).toBe(268);
});

it('refuses a margin of nothing and an alpha in percent', () => {
  const some = items([0, 1]);
  expect(() => nonInferiority(some, some, { margin: 0 })).toThrow('needs a margin above 0, got 0');
  expect(() => nonInferiority(some, some, { margin: 0.01, alpha: 5 })).toThrow('needs 0 < alpha < 0.5, got 5');
  expect(() => nonInferiority(some, some.slice(1), { margin: 0.01 })).toThrow('no value under the reference');
});

// Where the true loss is the margin, the verdict is a mistake. Tolerance: four standard errors of the simulated share.
describe('passes what loses exactly the margin as often as alpha says', () => {
  const trials = 3000;
  const mistakes = (
    n: number,
    margin: number,
    draw: (random: RandomStream, at: number) => readonly [number, number],
  ) => {
    const random = stream(13, 'non-inferiority', n, margin);
    let wrong = 0;
    for (let trial = 0; trial < trials; trial++) {
      const pairs = Array.from({ length: n }, (_, i) => draw(random, trial * n + i));
      const [values, reference] = [items(pairs.map(([value]) => value)), items(pairs.map(([, other]) => other))];
      if (nonInferiority(values, reference, { margin }).nonInferior) wrong++;
    }
    return wrong / trials;
  };
  const tolerance = (rate: number) => 4 * Math.sqrt((rate * (1 - rate)) / trials);

  it('for normal differences, where the t bound is exact', () => {
    const normal = (random: RandomStream, at: number) => normalQuantile(random.uniform(at) + 2 ** -54);
    const rate = mistakes(12, 0.5, (random, at) => [normal(random, at) - 0.5, 0]);
    expect(Math.abs(rate - 0.05)).toBeLessThan(tolerance(0.05));
  });

  // Summing multinomial probabilities (Python 3.11, all tables of n = 100) gives 0.0426 for shares 0.02 up, 0.07 down.
  it('for 0/1 values', () => {
    const rate = mistakes(100, 0.05, (random, at) => {
      const u = random.uniform(at);
      return u < 0.02 ? [1, 0] : u < 0.09 ? [0, 1] : [1, 1];
    });
    expect(Math.abs(rate - 0.0426)).toBeLessThan(tolerance(0.0426));
  });
});
