import { expect, it } from 'vitest';
import { tTest } from '../tests/t-test.ts';
import { boundedDifference } from './bounded-interval.ts';
import { clusterLayout, independent } from './cluster-layout.ts';
import { clusteredTest } from './clustered-test.ts';

const LAYOUT = clusterLayout([1, 1, 1, 2, 2, 3, 3, 0, 0, 0, 0, 0]);
const DIFFERENCES = [-1, 0, 0, 1, 0.5, 0.5, 0.25, 0, 0, 1, 1, 1];

it('is at most alpha exactly where the interval leaves 0 out', () => {
  const p = clusteredTest(LAYOUT, DIFFERENCES);
  expect(boundedDifference(LAYOUT, DIFFERENCES, { confidence: 1 - p }).low).toBeCloseTo(0, 10);
});

it('comes near the t test where many differences vary', () => {
  const differences = Array.from({ length: 400 }, (_, i) => Math.sign(Math.sin(i * i) + 0.1));
  expect(clusteredTest(independent(400), differences)).toBeCloseTo(tTest(differences), 2);
});

it('shows no difference where none is seen, and few equal ones show none', () => {
  expect(clusteredTest(independent(5), [0, 0, 0, 0, 0])).toBe(1);
  expect(clusteredTest(independent(3), [0.1, 0.1, 0.1])).toBeGreaterThan(0.5);
  expect(clusteredTest(clusterLayout([1, 1, 1]), [1, 1, 1])).toBe(1);
});

it('halves on the side of the difference', () => {
  const p = clusteredTest(LAYOUT, DIFFERENCES);
  expect(clusteredTest(LAYOUT, DIFFERENCES, 'greater')).toBeCloseTo(p / 2, 14);
  expect(clusteredTest(LAYOUT, DIFFERENCES, 'less')).toBeCloseTo(1 - p / 2, 14);
  expect(clusteredTest(independent(2), [0, 0], 'less')).toBe(0.5);
});
