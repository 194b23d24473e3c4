import { describe, expect, it } from 'vitest';
import { officialMask, officialScore, officialScored } from './official.ts';

describe('an official mask', () => {
  const maskable = [2, 3, 5, 8, 9];

  it('masks each maskable position with probability t/T', () => {
    const [seeds, t, T] = [4000, 3, 8];
    const counts = new Map(maskable.map((position) => [position, 0]));
    for (let seed = 0; seed < seeds; seed++) {
      for (const position of officialMask(maskable, t, T, seed, 'item')) {
        counts.set(position, (counts.get(position) ?? 0) + 1);
      }
    }
    const fourStandardErrors = 4 * Math.sqrt(((t / T) * (1 - t / T)) / seeds);
    for (const count of counts.values()) expect(Math.abs(count / seeds - t / T)).toBeLessThan(fourStandardErrors);
    expect([...counts.keys()]).toEqual(maskable);
  });

  it('is drawn afresh for every step, seed and name', () => {
    const wide = Array.from({ length: 64 }, (_, i) => i);
    const mask = officialMask(wide, 16, 32, 0, 'item');
    expect(officialMask(wide, 16, 32, 0, 'item')).toEqual(mask);
    expect(officialMask(wide, 16, 32, 1, 'item')).not.toEqual(mask);
    expect(officialMask(wide, 16, 32, 0, 'other')).not.toEqual(mask);
    const next = officialMask(wide, 17, 32, 0, 'item');
    expect(mask.every((position) => next.includes(position))).toBe(false); // no coupling between steps
  });
});

it('scores what reads as the mask, drawn or not', () => {
  const ids = Int32Array.of(4, 0, 7, 0, 5);
  expect(officialScored(ids, [2], 0)).toEqual([1, 2, 3]);
  expect(officialScored(ids, [], 9)).toEqual([]);
});

it('is the plain mean over steps', () => {
  const steps = [
    { sum: 6, count: 3 }, // t = 2: mean 2
    { sum: 1, count: 1 }, // t = 1: mean 1
  ];
  expect(officialScore(steps)).toBe(1.5);
});
