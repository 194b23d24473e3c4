import { expect, it } from 'vitest';
import { itemsNeeded, itemsNeededBinary } from './items-needed.ts';

it('counts items by hand', () => {
  // (2.801585 · 1 / 0.5)² = 31.4
  expect(itemsNeeded(1, 0.5)).toBe(32);
  // (1.959964 √0.2 + 0.841621 √0.19)² / 0.01 = 154.6
  expect(itemsNeededBinary(0.2, 0.1)).toBe(155);
  expect(itemsNeeded(0, 0.1)).toBe(2);
});

it('refuses a difference of nothing, or more than differs', () => {
  expect(() => itemsNeeded(1, 0)).toThrow('needs a difference above 0, got 0');
  expect(() => itemsNeededBinary(0.1, 0.2)).toThrow('needs 0 < difference <= discordance <= 1, got 0.2 and 0.1');
});
