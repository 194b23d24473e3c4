import { expect, it } from 'vitest';
import { permutation, stream } from '../../core/numbers/random.ts';
import { Backlog } from './backlog.ts';

it('gives what lies first, and joins what touches', () => {
  const backlog = new Backlog([
    { from: 16, count: 16 },
    { from: 0, count: 16 },
    { from: 40, count: 2 },
  ]);
  expect(backlog.items).toBe(34);
  expect(backlog.take(20)).toEqual({ from: 0, count: 20 });
  expect(backlog.take(20)).toEqual({ from: 20, count: 12 });
  backlog.add({ from: 10, count: 4 });
  expect(backlog.take(1)).toEqual({ from: 10, count: 1 });
  expect(backlog.take(9)).toEqual({ from: 11, count: 3 });
  expect(backlog.take(9)).toEqual({ from: 40, count: 2 });
  expect(backlog.take(9)).toBeNull();
  expect(backlog.items).toBe(0);
});

it('holds exactly what was added and not taken out, whatever overlaps', () => {
  const random = stream(17, 'backlog');
  const [backlog, held] = [new Backlog([]), new Set<number>()];
  for (let turn = 0; turn < 400; turn++) {
    const from = Math.floor(60 * random.uniform(3 * turn));
    const count = 1 + Math.floor(12 * random.uniform(3 * turn + 1));
    const places = Array.from({ length: count }, (_, i) => from + i);
    if (random.uniform(3 * turn + 2) < 0.6) {
      backlog.add({ from, count });
      for (const place of places) held.add(place);
    } else {
      backlog.remove({ from, count });
      for (const place of places) held.delete(place);
    }
    expect(backlog.items).toBe(held.size);
  }
  const left: number[] = [];
  for (let next = backlog.take(5); next !== null; next = backlog.take(5)) {
    for (let i = 0; i < next.count; i++) left.push(next.from + i);
  }
  expect(left).toEqual([...held].sort((a, b) => a - b));
});

it('is one stretch after all of a plan was added in any order', () => {
  const order = permutation(stream(17, 'order'), 50);
  const backlog = new Backlog([...order].map((i) => ({ from: 3 * i, count: 3 })));
  expect(backlog.take(1000)).toEqual({ from: 0, count: 150 });
});
