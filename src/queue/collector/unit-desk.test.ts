import { expect, it } from 'vitest';
import type { Stretch } from '../unit.ts';
import { LONGEST, unitDesk } from './unit-desk.ts';

const name = ({ from, count }: Stretch) => `u${from}+${count}`;
const desk = (items: number, usual = 16) => unitDesk([{ from: 0, count: items }], usual, name);
const sizes = (units: readonly Stretch[]) => [...new Set(units.map(({ count }) => count))];

it('hands out an eighth of a local unit until something was measured, two for each worker', () => {
  const fresh = desk(1000);
  expect(fresh.cut(0).map(name)).toEqual(['u0+2', 'u2+2']);
  expect(fresh.cut(0)).toEqual([]);
  expect(fresh.cut(2).map(name)).toEqual(['u4+2', 'u6+2']);
  expect(fresh.left).toBe(1000);
  expect(sizes(desk(1000, 7).cut(1))).toEqual([1]);
});

it('cuts units of at most a minute by the slowest worker, those of a local run where that is less', () => {
  const slow = desk(10_000);
  slow.rates.note('fast', 1, 0.1);
  slow.rates.note('slow', 1, 12);
  expect(sizes(slow.cut(3))).toEqual([2]);
  const usual = desk(10_000);
  usual.rates.note('one', 16, 8);
  expect(sizes(usual.cut(3))).toEqual([16]);
  const hopeless = desk(10);
  hopeless.rates.note('one', 1, 500);
  expect(sizes(hopeless.cut(1))).toEqual([1]);
});

it('cuts longer units of fast items, though never so long that workers wait for the last of them', () => {
  const fast = desk(100_000);
  fast.rates.note('one', 1, 0.01);
  const units = fast.cut(2);
  expect(sizes(units)).toEqual([500]);
  fast.rates.note('one', 500, 0.05);
  fast.rates.note('one', 500, 0.05);
  for (const unit of units) fast.answered(unit);
  expect(Math.max(...sizes(fast.cut(2)))).toBe(1024);
});

it('cuts shorter units towards the end, as far as handing them out is worth it', () => {
  const few = desk(300);
  few.rates.note('one', 1, 0.02);
  const cut = few.cut(5).map(({ count }) => count);
  expect(cut.slice(0, 2)).toEqual([20, 18]);
  expect(new Set(cut.slice(-12, -1))).toEqual(new Set([5]));
  expect(few.isDone).toBe(false);
});

it('cuts many at once, and not each time that one is answered', () => {
  const steady = desk(100_000);
  steady.rates.note('one', 1, 1);
  const units = steady.cut(4);
  expect(units).toHaveLength(32 + 3 * 4);
  for (const unit of units.slice(0, 15)) steady.answered(unit);
  expect(steady.cut(4)).toEqual([]);
  steady.answered(units[15] as (typeof units)[number]);
  expect(steady.cut(4)).toHaveLength(16);
});

it('takes the time of loading a model for no rate', () => {
  const one = desk(1000);
  one.rates.note('late', 1, 90);
  expect(sizes(one.cut(1))).toEqual([1]);
  one.rates.note('late', 1, 0.5);
  one.rates.note('late', 4, 2);
  expect(one.rates.slowest).toBe(0.5);
  one.rates.keep(new Set());
  expect(one.rates.slowest).toBeNull();
});

it('names the units that a worker turned out to be too slow for, and hands their items out again', () => {
  const found = desk(64);
  found.rates.note('fast', 1, 0.3);
  const units = found.cut(1);
  expect(sizes(units)).toEqual([16, 10, 7, 5, 3, 2, 1]);
  expect(found.tooLong()).toEqual([]);
  found.rates.note('slow', 1, 10);
  const long = units.filter(({ count }) => count * 10 > LONGEST);
  expect(found.tooLong()).toEqual(long);
  for (const unit of long) found.withdrawn(unit);
  const again = found.cut(1);
  expect(sizes(again)).toEqual([3, 2, 1]);
  expect(Math.max(...sizes(again)) * 10).toBeLessThanOrEqual(LONGEST);
  expect(found.left).toBe(64);
});

it('adopts what an earlier collector handed out, tries a failed unit item by item, and knows when all is there', () => {
  const later = desk(40);
  later.adopt({ id: 'x', from: 0, count: 16 });
  later.rates.note('one', 1, 2);
  const units = later.cut(1);
  expect(units[0]).toMatchObject({ from: 16, count: 8 });
  const single = later.singly({ id: 'x', from: 0, count: 16 });
  expect(single.map(name)).toEqual(Array.from({ length: 16 }, (_, i) => `u${i}+1`));
  for (const unit of [...single, ...units]) later.answered(unit);
  expect(later.isDone).toBe(true);
  expect(later.left).toBe(0);
});

it('hands out no item that came in under another name', () => {
  const found = desk(8, 4);
  found.rates.note('one', 1, 1);
  found.answered({ id: 'of an earlier cut', from: 2, count: 4 });
  expect(found.cut(1).map(name)).toEqual(['u0+1', 'u1+1', 'u6+1', 'u7+1']);
});
