import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { centerOf, meanAccuracy } from './logistic-normal.ts';
import { simulateCell } from './simulate-cell.ts';
import { broken, mostErrors } from './table.ts';

const SIZES: Readonly<Record<string, readonly number[]>> = JSON.parse(
  readFileSync(new URL('cluster-sizes.json', import.meta.url), 'utf8'),
);

it('has the problems of the published sets', () => {
  const facts = Object.entries(SIZES).map(([set, sizes]) => {
    const rows = sizes.reduce((sum, size) => sum + size, 0);
    const effect = sizes.reduce((sum, size) => sum + size * size, 0) / rows;
    return [set, rows, sizes.length, Math.max(...sizes), Math.round(effect * 10) / 10];
  });
  // protocol of the harness, section 22: counted from the published files.
  expect(facts).toEqual([
    ['single-line', 1033, 164, 29, 10.3],
    ['multi-line', 5815, 164, 435, 116.9],
    ['random-span', 1640, 164, 10, 10],
    ['random-span-light', 164, 164, 1, 1],
  ]);
});

it('finds the difficulty at which models have the accuracy asked for', () => {
  expect(meanAccuracy(centerOf(0.9, 2), 2)).toBeCloseTo(0.9, 10);
  expect(centerOf(0.5, 2)).toBeCloseTo(0, 10);
});

it('keeps the limits where problems differ between two equally good models, which independent items break', () => {
  const settings = { sizes: SIZES['single-line'] ?? [], base: 0.3, apart: 2, repetitions: 400, seed: 1 };
  const cell = simulateCell(settings);
  expect(simulateCell(settings)).toEqual(cell);
  expect(broken([{ set: 'single-line', base: 0.3, apart: 2, cell }], 400)).toEqual([]);
  expect(cell.falseAlarm.independent).toBeGreaterThan(2 * mostErrors(400));
  expect(cell.falsePass.independent).toBeGreaterThan(mostErrors(400));
  expect(cell.accuracy.independent).toBeLessThan(0.8);
});
