import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { exactMaskedCount, officialMaskedCount } from './reveal-schedule.ts';

interface KeptMasked {
  readonly maskable: number;
  readonly T: number;
  readonly kept_masked_for_t_T_minus_1_down_to_1: readonly number[];
}

// Vectors T7 and T10 of the project's protocol notes.
it('T7: float32 counts where float64 would give 62, and 116 where the exact floor is 117', () => {
  expect(officialMaskedCount(90, 7, 10)).toBe(63);
  expect(Math.trunc(90 * (7 / 10))).toBe(62);
  expect(officialMaskedCount(180, 13, 20)).toBe(116);
  expect(exactMaskedCount(180, 13, 20)).toBe(117);
  expect(exactMaskedCount(90, 7, 10)).toBe(63);
});

it('T10: three positions in 32 steps stay at 2, 1 and 0 for ten steps each', () => {
  const counts = Array.from({ length: 31 }, (_, i) => officialMaskedCount(3, 31 - i, 32));
  expect(counts).toEqual([...Array(10).fill(2), ...Array(11).fill(1), ...Array(10).fill(0)]);
});

// Made with PyTorch (test/golden/data/README.md, `kept_masked_counts`).
it.each(['diffugpt-tiny', 'diffullama-tiny'])('gives the counts of the published sampler (%s)', (name) => {
  const file = new URL(`../../../test/golden/data/${name}/golden.json`, import.meta.url);
  const golden: readonly KeptMasked[] = JSON.parse(readFileSync(file, 'utf8')).units.kept_masked_counts;
  expect(golden.length).toBeGreaterThan(0);
  for (const { maskable, T, kept_masked_for_t_T_minus_1_down_to_1: expected } of golden) {
    expect(expected.map((_, i) => officialMaskedCount(maskable, T - 1 - i, T))).toEqual(expected);
  }
});
