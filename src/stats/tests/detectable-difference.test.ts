import { expect, it } from 'vitest';
import { detectableBinaryDifference, detectableDifference } from './detectable-difference.ts';
import { itemsNeeded, itemsNeededBinary } from './items-needed.ts';

it('is 2.8 standard errors at the usual levels', () => {
  // z_0.975 + z_0.8 = 1.959964 + 0.841621
  expect(detectableDifference(1, 100)).toBeCloseTo(0.2801585, 6);
  expect(detectableDifference(1, 100, { sides: 1 })).toBeCloseTo(0.2486475, 6);
});

it('is what the number of items was computed for', () => {
  expect(detectableDifference(2, itemsNeeded(2, 0.25))).toBeCloseTo(0.25, 3);
  const n = itemsNeededBinary(0.2, 0.05);
  expect(detectableBinaryDifference(0.2, n)).toBeCloseTo(0.05, 3);
});

it('is null where no difference would be found', () => {
  expect(detectableBinaryDifference(0, 1000)).toBe(null);
  expect(detectableBinaryDifference(0.01, 20)).toBe(null);
});

it('refuses what is no share or count', () => {
  expect(() => detectableDifference(-1, 5)).toThrow('needs a deviation of 0 or more, got -1');
  expect(() => detectableDifference(1, 0)).toThrow('needs at least one item, got 0');
  expect(() => detectableBinaryDifference(2, 5)).toThrow('needs a discordance from 0 to 1, got 2');
  expect(() => detectableDifference(1, 5, { alpha: 5 })).toThrow('needs 0 < alpha < 1, got 5');
  expect(() => detectableDifference(1, 5, { power: 0.2 })).toThrow('needs 0.5 < power < 1, got 0.2');
});
