import { expect, it } from 'vitest';
import { detectableBinaryDifference } from '../tests/detectable-difference.ts';
import { clusterLayout, independent } from './cluster-layout.ts';
import { pairedDetectable } from './paired-detectable.ts';

const PAIRS = Array.from({ length: 200 }, (_, i) => ({
  id: String(i),
  value: i % 2,
  reference: Math.floor(i / 2) % 2,
}));

it('is Connor’s for 0/1 values of independent items, and more where they share clusters', () => {
  const alone = pairedDetectable(independent(200), PAIRS, true) ?? 0;
  expect(alone).toBe(detectableBinaryDifference(0.5, 200));
  const agreeing = PAIRS.map((pair, i) => ({
    ...pair,
    value: Math.floor(i / 10) % 2,
    reference: Math.floor(i / 20) % 2,
  }));
  const tens = clusterLayout(PAIRS.map((_, i) => 1 + Math.floor(i / 10)));
  expect(pairedDetectable(tens, agreeing, true)).toBeGreaterThan(2 * alone);
});

it('names none from equal values on five items', () => {
  const same = [1, 0.5, 0, 1, 0].map((value, i) => ({ id: String(i), value, reference: value }));
  expect(pairedDetectable(independent(5), same, true)).toBe(null);
});
