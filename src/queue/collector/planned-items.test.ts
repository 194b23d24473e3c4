import { expect, it } from 'vitest';
import { scriptedRun } from '../../../test/scripted/scripted-run.ts';
import { planRun } from '../../runner/plan.ts';
import { plannedItems } from './planned-items.ts';

const { manifest, examples } = scriptedRun({ rows: 10 });
const planned = planRun(manifest, examples, { unitSize: 4, order: 'shuffled' });
const order = planned.flatMap(({ items }) => items);
const items = plannedItems(
  planned.filter(({ number }) => number !== 1),
  4,
  examples,
);

it('knows the items that are missing by their places', () => {
  expect([...items.stretches()]).toEqual([
    { from: 0, count: 4 },
    { from: 8, count: 2 },
  ]);
  expect(items.of({ from: 1, count: 2 })).toEqual(order.slice(1, 3));
  expect(items.has({ from: 8, count: 2 })).toBe(true);
  expect(items.has({ from: 3, count: 2 })).toBe(false);
  expect(() => items.of({ from: 9, count: 2 })).toThrow(/no item is missing at 10/);
});

it('tells where items stand, and whether they are of the run at all', () => {
  expect(items.areAt(8, order.slice(8))).toBe(true);
  expect(items.areAt(0, order.slice(1, 2))).toBe(false);
  expect(items.areAt(4, order.slice(4, 5))).toBe(false);
  expect(items.isOfRun(order)).toBe(true);
  expect(items.isOfRun([{ id: 'row-3', index: 4 }])).toBe(false);
  expect(items.isOfRun([{ id: 'row-10', index: 10 }])).toBe(false);
});
