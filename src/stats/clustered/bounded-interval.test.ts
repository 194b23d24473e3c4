import { expect, it } from 'vitest';
import { wilsonInterval } from '../intervals/wilson-interval.ts';
import { boundedDifference, boundedInterval } from './bounded-interval.ts';
import { clusterLayout, independent } from './cluster-layout.ts';

it('is Wilson’s interval, to the last bit, for 0/1 values of independent items', () => {
  expect(boundedInterval(independent(4), [1, 0, 1, 1], { unscored: 2 })).toEqual(wilsonInterval(3, 4, 0.95, 2));
  expect(boundedInterval(independent(1), [1])).toEqual(wilsonInterval(1, 1));
});

it('stays inside 0..1 for the fractions that left it', () => {
  // `invalidSteps 3.8 [-4.5, 12.2]`: one text of 13 with half of its steps wrong.
  const steps = boundedInterval(independent(13), [0.5, ...new Array<number>(12).fill(0)]);
  expect(steps.value).toBeCloseTo(0.0385, 4);
  expect(steps.low).toBeGreaterThanOrEqual(0);
  expect(steps.high).toBeCloseTo(0.309, 3);
  // `pass@1 99.7 [99.1, 100.3]`: means over draws.
  const passes = boundedInterval(independent(164), [0.5, ...new Array<number>(163).fill(1)]);
  expect(passes.high).toBeLessThanOrEqual(1);
  expect(passes.low).toBeLessThan(0.98);
});

it('has a width where all values are equal', () => {
  const { low, high } = boundedInterval(independent(13), new Array<number>(13).fill(0.5));
  expect(high - low).toBeGreaterThan(0.2);
});

it('says nothing from one cluster or one fraction', () => {
  expect(boundedInterval(clusterLayout([1, 1, 1]), [1, 0, 1])).toMatchObject({ low: 0, high: 1, n: 3 });
  expect(boundedInterval(independent(1), [0.5])).toMatchObject({ low: 0, high: 1 });
});

it('widens as items of a cluster agree, and names the clusters', () => {
  const values = Array.from({ length: 200 }, (_, i) => Math.floor(i / 10) % 2);
  const clusters = boundedInterval(clusterLayout(values.map((_, i) => 1 + Math.floor(i / 10))), values);
  expect(clusters.method).toBe('mean, Wilson over 20 clusters');
  // As 20 clusters that agree: t with 19 degrees of freedom, s² = 20/19 · 0.25.
  expect(clusters.stderr).toBeCloseTo(Math.sqrt(0.25 / 19), 12);
  expect(clusters.high - clusters.low).toBeCloseTo(0.433, 2);
});

it('takes a rounding error past an end for the end', () => {
  expect(boundedInterval(independent(3), [1, 1 + 2e-16, 1 + 4e-16]).high).toBe(1);
});

it('refuses values outside the range', () => {
  expect(() => boundedInterval(independent(2), [0, 1.5])).toThrow('needs values from 0 to 1, got 1.5');
});

it('is no point where all differences are equal, and stays inside −1..1', () => {
  const { value, low, high, method } = boundedDifference(independent(5), [0, 0, 0, 0, 0]);
  expect([value, method]).toEqual([0, 'paired difference, bounded']);
  expect([low, high]).toEqual([expect.closeTo(-0.6066, 4), expect.closeTo(0.6066, 4)]);
  expect(boundedDifference(independent(3), [1, 1, 1]).high).toBe(1);
});

it('names the clusters', () => {
  expect(boundedDifference(clusterLayout([1, 1, 2, 2]), [0, 1, 0, -1]).method).toBe(
    'paired difference, Wilson over 2 clusters',
  );
});
