import { expect, it } from 'vitest';
import { itemsWithoutLoss } from './clustered-non-inferiority.ts';

it('is the fewest items whose bound without a loss is within the margin', () => {
  expect(itemsWithoutLoss(0.02, 0.05)).toBe(149);
  expect(1 - 0.05 ** (1 / 149)).toBeLessThan(0.02);
  expect(1 - 0.05 ** (1 / 148)).toBeGreaterThan(0.02);
});

it('refuses what is no share', () => {
  expect(() => itemsWithoutLoss(1, 0.05)).toThrow('needs a margin and an alpha in 0..1, got 1 and 0.05');
});
