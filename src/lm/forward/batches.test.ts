import { expect, it } from 'vitest';
import { batches, ownSlots } from './batches.ts';
import { countingPositions, type Sequence } from './sequence.ts';

const NET = { width: 64 };
const LIMITS = { tokens: 4096, rows: 512, sequences: 256, attention: 2 ** 21 };

const sequence = (length: number): Sequence => ({
  ids: new Int32Array(length),
  positions: countingPositions(length),
  attention: { kind: 'full' },
  reads: [],
});

it('gives a sequence of less than a block a part of it, and longer ones whole blocks', () => {
  expect([1, 16, 17, 32, 33, 48, 49, 64, 65, 128].map((length) => ownSlots(NET, length))).toEqual([
    16, 16, 32, 32, 48, 48, 64, 64, 128, 128,
  ]);
});

it('puts sequences that take different parts of a block into different batches, and whole blocks together', () => {
  const lengths = [20, 100, 40, 70, 60, 30, 10, 48];
  const found = batches(NET, lengths.map(sequence), LIMITS);
  expect(found.map((batch) => batch.map((index) => lengths[index]))).toEqual([[100, 70, 60], [48, 40], [30, 20], [10]]);
});

it('gives whole blocks in a wide network, so that nothing is split', () => {
  const wide = { width: 4096 };
  expect(ownSlots(wide, 20)).toBe(64);
  expect(batches(wide, [20, 40, 10].map(sequence), LIMITS)).toEqual([[1, 0, 2]]);
});

it('counts attention entries by the slots that are taken', () => {
  const found = batches(NET, Array(10).fill(sequence(20)), { ...LIMITS, attention: 4 * 32 * 32 });
  expect(found.map(({ length }) => length)).toEqual([4, 4, 2]);
});
