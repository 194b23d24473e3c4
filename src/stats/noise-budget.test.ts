import { expect, it } from 'vitest';
import { stream } from '../core/numbers/random.ts';
import { normalQuantile } from './distributions/normal-quantile.ts';
import { noiseBudget } from './noise-budget.ts';

it('splits by hand', () => {
  // s²/n of 0, 2, 4, 6 = (20/3)/4 = 5/3; draws: 4 · 1/16 = 1/4; seeds 3.0, 5.0: variance 2
  const budget = noiseBudget({ values: [0, 2, 4, 6], monteCarlo: [1, 1, 1, 1], seedMeans: [3, 5] });
  expect(budget.monteCarlo).toBeCloseTo(0.5, 12);
  expect(budget.item).toBeCloseTo(Math.sqrt(5 / 3 - 1 / 4), 12);
  expect(budget.seed).toBeCloseTo(Math.sqrt(2 - 1 / 4), 12);
  expect(budget.total ** 2).toBeCloseTo(5 / 3 + 2 - 1 / 4, 12);
  expect(budget.shares.item + budget.shares.monteCarlo + (budget.shares.seed ?? 0)).toBeCloseTo(1, 12);
});

it('says that one seed tells nothing of seeds', () => {
  const budget = noiseBudget({ values: [0, 1], monteCarlo: [0, 0] });
  expect(budget).toMatchObject({ monteCarlo: 0, seed: null, shares: { item: 1, monteCarlo: 0, seed: null } });
});

it('never makes a variance negative', () => {
  expect(noiseBudget({ values: [1, 1], monteCarlo: [3, 3], seedMeans: [1, 1] })).toMatchObject({ item: 0, seed: 0 });
});

it('refuses what does not match', () => {
  expect(() => noiseBudget({ values: [1], monteCarlo: [0] })).toThrow('needs at least two values, got 1');
  expect(() => noiseBudget({ values: [1, 2], monteCarlo: [0] })).toThrow('an error of 0 or more for each of 2 values');
});

// Known components: items N(0, 1), draws N(0, 0.5²) an item, training seeds N(0, 0.2²) a run. Means over 300 replays of the
// estimated variances, each within four standard errors of those means.
it('finds the components that made the values', () => {
  const [replays, n, seeds] = [300, 50, 5];
  const random = stream(8, 'components');
  let at = 0;
  const normal = (scale: number) => scale * normalQuantile(random.uniform(at++) + 2 ** -54);
  const found = Array.from({ length: replays }, () => {
    const items = Array.from({ length: n }, () => normal(1));
    const runs = Array.from({ length: seeds }, () => {
      const shift = normal(0.2);
      return items.map((item) => item + shift + normal(0.5));
    });
    const seedMeans = runs.map((values) => values.reduce((total, value) => total + value, 0) / n);
    return noiseBudget({ values: runs[0] as number[], monteCarlo: Array(n).fill(0.5), seedMeans });
  });
  for (const [part, variance] of [
    ['item', 1 / n],
    ['monteCarlo', 0.25 / n],
    ['seed', 0.04],
  ] as const) {
    const squares = found.map((budget) => (budget[part] as number) ** 2);
    const average = squares.reduce((total, each) => total + each, 0) / replays;
    const spread = Math.sqrt(squares.reduce((total, each) => total + (each - average) ** 2, 0) / replays / replays);
    expect(Math.abs(average - variance)).toBeLessThan(4 * spread + 1e-12);
  }
});
