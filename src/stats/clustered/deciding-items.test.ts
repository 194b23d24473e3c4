import { expect, it } from 'vitest';
import { clusterLayout, independent } from './cluster-layout.ts';
import { decidingItems } from './deciding-items.ts';

const rules = { margin: 0.02, alpha: 0.05, power: 0.8, isBounded: true };

it('names the items that could pass without a loss where none differs, more where they share clusters', () => {
  expect(decidingItems(independent(13), new Array(13).fill(0), rules)).toBe(149);
  const tens = clusterLayout(Array.from({ length: 100 }, (_, i) => 1 + Math.floor(i / 10)));
  expect(decidingItems(tens, new Array(100).fill(0), rules)).toBe(1490);
});

it('needs ((z + z_power) √ψ / margin)² independent items where the two are equal', () => {
  const gains = [1, -1, ...new Array<number>(98).fill(0)];
  expect(decidingItems(independent(100), gains, rules)).toBe(Math.ceil((2.4864748605243863 / 0.02) ** 2 * 0.02));
});

it('takes the spread of unbounded values', () => {
  const needed = decidingItems(independent(3), [0.5, -0.5, 0], { ...rules, margin: 0.1, isBounded: false });
  expect(needed).toBe(Math.ceil((2.4864748605243863 * 0.5 * 10) ** 2));
});

it('needs a loss to be shown after a correction, and the margin to be ruled out without one', () => {
  const losses = [...new Array<number>(9).fill(-1), ...new Array<number>(6).fill(1), ...new Array<number>(85).fill(0)];
  // z of 0.05 and of 0.05 / 4 are 1.644854 and 2.241403, of the power 0.841621; √ψ is √0.15, the loss 0.03.
  const needed = (z: number) => Math.ceil((((z + 0.8416212335729143) * Math.sqrt(0.15)) / 0.03) ** 2);
  expect(decidingItems(independent(100), losses, rules)).toBe(needed(1.6448536269514722));
  expect(decidingItems(independent(100), losses, { ...rules, tests: 4 })).toBe(needed(2.241402727604947));
  const gains = [1, -1, ...new Array<number>(98).fill(0)];
  expect(decidingItems(independent(100), gains, { ...rules, tests: 4 })).toBe(
    decidingItems(independent(100), gains, rules),
  );
});
