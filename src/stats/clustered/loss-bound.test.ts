import { expect, it } from 'vitest';
import { betaQuantile } from '../distributions/beta-quantile.ts';
import { clusterLayout, independent } from './cluster-layout.ts';
import { lossBound } from './loss-bound.ts';

const ALPHA = 0.05;
const bound = (differences: readonly number[]) => lossBound(independent(differences.length), differences, ALPHA).loss;
const zeros = (n: number): number[] => new Array<number>(n).fill(0);

it('is that of 0 events in n where nothing differs: 1 − alpha^(1/n)', () => {
  for (const n of [1, 5, 13, 149, 1033]) expect(bound(zeros(n))).toBeGreaterThanOrEqual(1 - ALPHA ** (1 / n));
});

it('is never below it where all differences are an equal loss', () => {
  for (const loss of [0.01, 0.5, 1]) {
    expect(bound(zeros(13).map(() => -loss))).toBeGreaterThanOrEqual(1 - ALPHA ** (1 / 13));
  }
});

it('is Clopper and Pearson’s where items are lost whole and none is gained', () => {
  expect(bound([...zeros(95), -1, -1, -1, -1, -1])).toBeCloseTo(betaQuantile(0.95, 6, 95), 12);
});

it('falls with gains, and may show one', () => {
  expect(bound([...zeros(90), -1, -1, 1, 1])).toBeLessThan(bound([...zeros(92), -1, -1]));
  expect(bound(zeros(40).map(() => 1))).toBeLessThan(0);
});

it('takes items of a cluster to agree where nothing differs, and says nothing from one cluster', () => {
  const fours = clusterLayout(Array.from({ length: 400 }, (_, i) => 1 + Math.floor(i / 4)));
  const { items } = lossBound(fours, zeros(400), ALPHA);
  expect(items).toBeLessThanOrEqual(100);
  expect(items).toBeGreaterThan(97);
  expect(lossBound(clusterLayout([1, 1, 1]), [0, 0, 0], ALPHA)).toEqual({ loss: 1, items: 0 });
});

it('refuses differences that no two values in 0..1 have', () => {
  expect(() => bound([0, -1.5])).toThrow('lossBound: needs differences in −1..1, got -1.5');
});

/**
 * All populations with `steps` equal parts on the values, their mean then moved to the loss −margin; and all samples of n. No
 * population may pass with more than alpha.
 */
const LATTICES = [
  { name: 'shares', values: [-1, 0, 1], n: 30, margins: [0.1, 0.2], steps: 20 },
  { name: 'shares of few items', values: [-1, 0, 1], n: 13, margins: [0.02, 0.3], steps: 20 },
  { name: 'halves', values: [-1, -0.5, 0, 0.5, 1], n: 8, margins: [0.1, 0.3], steps: 8 },
  { name: 'quarters', values: [-1, -0.25, 0, 0.25], n: 13, margins: [0.02, 0.1, 0.3], steps: 15 },
  { name: 'small gains that hide a loss', values: [-1, 0.1, 0.2], n: 20, margins: [0.05, 0.1], steps: 20 },
  { name: 'draws', values: [-1, -0.75, 0, 0.25], n: 13, margins: [0.1, 0.2], steps: 15 },
  { name: 'small losses', values: [-0.5, -0.25, 0, 0.25], n: 13, margins: [0.1, 0.2], steps: 15 },
];

it.each(LATTICES)('passes no population of $name with more than alpha', ({ values, n, margins, steps }) => {
  const samples = compositions(n, values.length);
  const losses = samples.map((counts) =>
    bound(counts.flatMap((count, i) => new Array<number>(count).fill(values[i]!))),
  );
  for (const margin of margins) {
    const passing = samples.filter((_, i) => losses[i]! < margin);
    for (const parts of compositions(steps, values.length)) {
      const population = withMean(
        parts.map((part) => part / steps),
        values,
        -margin,
      );
      expect(probability(passing, population)).toBeLessThanOrEqual(ALPHA);
    }
  }
});

/** All ways to write `total` as a sum of `parts` counts. */
function compositions(total: number, parts: number): number[][] {
  if (parts === 1) return [[total]];
  return Array.from({ length: total + 1 }, (_, first) =>
    compositions(total - first, parts - 1).map((rest) => [first, ...rest]),
  ).flat();
}

/** Mixed with the lowest value, or the highest, until the mean is the one asked for. */
function withMean(population: readonly number[], values: readonly number[], wanted: number): readonly number[] {
  const mean = population.reduce((sum, p, i) => sum + p * values[i]!, 0);
  const end = mean > wanted ? 0 : values.length - 1;
  const share = mean === wanted ? 0 : (mean - wanted) / (mean - values[end]!);
  return population.map((p, i) => p * (1 - share) + (i === end ? share : 0));
}

/** Probability that a sample is one of these, by the multinomial distribution. */
function probability(samples: readonly number[][], population: readonly number[]): number {
  return samples.reduce((sum, counts) => {
    let [way, left] = [1, 0];
    counts.forEach((count, i) => {
      for (let k = 1; k <= count; k++) way *= (++left * population[i]!) / k;
    });
    return sum + way;
  }, 0);
}
