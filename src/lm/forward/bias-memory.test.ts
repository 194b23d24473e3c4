import { expect, it } from 'vitest';
import { BiasMemory } from './bias-memory.ts';

it('gives zeros in memory that came back, where it is large enough', () => {
  const memory = new BiasMemory();
  const first = memory.zeros(6).fill(1);
  memory.giveBack(first);
  const second = memory.zeros(4);
  expect(second.buffer).toBe(first.buffer);
  expect([...second]).toEqual([0, 0, 0, 0]);
  memory.giveBack(second);
  const larger = memory.zeros(7);
  expect([...larger]).toEqual(new Array(7).fill(0));
  expect(larger.buffer).not.toBe(first.buffer);
});

it('never gives memory twice that did not come back', () => {
  const memory = new BiasMemory();
  memory.giveBack(memory.zeros(3));
  expect(memory.zeros(3).buffer).not.toBe(memory.zeros(3).buffer);
});
