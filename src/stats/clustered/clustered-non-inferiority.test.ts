import { expect, it } from 'vitest';
import { clusterLayout, independent } from './cluster-layout.ts';
import { clusteredNonInferiority } from './clustered-non-inferiority.ts';

const rules = { margin: 0.02, alpha: 0.05, isBounded: true };

it('does not pass 13 items that show nothing, 0/1 or fractions', () => {
  const { nonInferior, bound } = clusteredNonInferiority(independent(13), new Array(13).fill(0), rules);
  expect(nonInferior).toBe(false);
  expect(-bound).toBeGreaterThanOrEqual(1 - 0.05 ** (1 / 13));
});

it('passes from 149 independent items on', () => {
  const isShown = (n: number) => clusteredNonInferiority(independent(n), new Array(n).fill(0), rules).nonInferior;
  expect([148, 149].map(isShown)).toEqual([false, true]);
});

it('takes Student’s bound of unbounded values, and excludes nothing where they are all equal', () => {
  const settings = { margin: 1, alpha: 0.05, isBounded: false };
  // Mean 2, s / √3 = 1.5275, t(0.95, 2) = 2.919986.
  const { bound } = clusteredNonInferiority(independent(3), [0, 1, 5], settings);
  expect(bound).toBeCloseTo(2 - 2.919986 * 1.527525, 5);
  expect(clusteredNonInferiority(independent(3), [0, 0, 0], settings).nonInferior).toBe(false);
  expect(clusteredNonInferiority(clusterLayout([1, 1]), [0, 1], settings).nonInferior).toBe(false);
});
