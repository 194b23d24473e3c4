import { expect, it } from 'vitest';
import { independent } from '../stats/clustered/cluster-layout.ts';
import { estimateItems } from '../stats/clustered/estimate-items.ts';
import { monotoneFamilies } from './monotone-families.ts';
import { passAtK } from './score-programs.ts';

it('lets the ends of pass@k rise with k, for each T by itself', () => {
  // A problem that passed once in ten draws among ten that passed always: pass@2 is higher, its interval reached lower.
  const passed = [...Array(10).fill(10), 1];
  const of = (k: number) =>
    estimateItems(
      independent(11),
      passed.map((c) => passAtK(10, c, k)),
      { isBounded: true },
    );
  const raw = { 'pass@10@8': of(10), 'pass@1@8': of(1), 'pass@2@8': of(2), 'pass@1': of(1), acc: of(1) };
  const metrics = monotoneFamilies(raw);
  const family = ['pass@1@8', 'pass@2@8', 'pass@10@8'].map((name) => metrics[name as keyof typeof raw]);
  for (const end of ['low', 'high'] as const) {
    const ends = family.map((each) => each?.[end] ?? Number.NaN);
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
  }
  expect(Object.keys(metrics)).toEqual(Object.keys(raw));
  expect(metrics['pass@1']).toEqual(raw['pass@1']);
  expect(metrics.acc).toBe(raw.acc);
});
