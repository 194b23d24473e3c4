import { expect, it } from 'vitest';
import { detectableDifference } from '../tests/detectable-difference.ts';
import { clusterLayout, independent } from './cluster-layout.ts';
import { clusteredDetectable } from './paired-detectable.ts';

it('names none from few items that show nothing, and a difference from many', () => {
  expect(clusteredDetectable(independent(5), [0, 0, 0, 0, 0], true)).toBe(null);
  expect(clusteredDetectable(independent(1000), new Array(1000).fill(0), true)).toBeCloseTo(0.00786, 4);
  expect(clusteredDetectable(independent(5), [0, 0, 0, 0, 0], false)).toBe(null);
  expect(clusteredDetectable(clusterLayout([1, 1]), [0, 1], true)).toBe(null);
});

it('is the ordinary one for many items that vary', () => {
  const differences = Array.from({ length: 4000 }, (_, i) => Math.sign(Math.sin(i * i)));
  expect(clusteredDetectable(independent(4000), differences, true)).toBeCloseTo(detectableDifference(1, 4000), 3);
});
