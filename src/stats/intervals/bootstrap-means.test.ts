import { expect, it } from 'vitest';
import { stream } from '../../core/numbers/random.ts';
import { bootstrapMeans } from './bootstrap.ts';

it('draws means with the frequencies that all resamples have', () => {
  const draws = 20_000;
  const clusters = [0, 3].map((sum) => ({ sum, count: 1 }));
  const means = bootstrapMeans(stream(1, 'means'), clusters, draws);
  // Of the 4 resamples of {0, 3} one has mean 0, two 1.5, one 3. Tolerance: four standard errors.
  for (const [value, share] of [
    [0, 0.25],
    [1.5, 0.5],
    [3, 0.25],
  ] as const) {
    const found = means.filter((each) => each === value).length / draws;
    expect(Math.abs(found - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / draws));
  }
});

it('keeps clusters together and divides by the values drawn', () => {
  const clusters = [
    { sum: 4, count: 4 },
    { sum: 0, count: 1 },
  ];
  const means = bootstrapMeans(stream(1, 'means'), clusters, 200);
  expect([...new Set(means)].sort()).toEqual([0, 4 / 5, 1]);
});

it('is ascending and the same for the same stream', () => {
  const clusters = [1, 5, 7, 2].map((sum) => ({ sum, count: 1 }));
  const once = bootstrapMeans(stream(2, 'means'), clusters, 100);
  expect(bootstrapMeans(stream(2, 'means'), clusters, 100)).toEqual(once);
  expect([...once].sort((a, b) => a - b)).toEqual([...once]);
  expect(bootstrapMeans(stream(3, 'means'), clusters, 100)).not.toEqual(once);
});
