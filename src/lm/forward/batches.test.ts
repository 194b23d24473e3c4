import { describe, expect, it } from 'vitest';
import { LIMITS, plainSequence as sequence } from '../../../test/scripted/plain-sequence.ts';
import { batches, evenLimits, ownSlots } from './batches.ts';
import type { Sequence } from './sequence.ts';

const NET = { width: 64 };

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

describe('batches for lanes', () => {
  const WIDE = { width: 4096 };
  const FEW = { tokens: 500, rows: 100, sequences: 50, attention: 1e9 };
  const sizes = (lengths: readonly number[], lanes: number) => {
    const even = evenLimits(lengths.map(sequence), FEW, lanes);
    expect(even.tokens).toBeLessThanOrEqual(FEW.tokens);
    return batches(WIDE, lengths.map(sequence), even).map((batch) => batch.length);
  };

  it('give each lane as many, and leave no rest', () => {
    const lengths = new Array<number>(16).fill(80); // six of them fit
    expect(sizes(lengths, 1)).toEqual([6, 6, 4]);
    expect(sizes(lengths, 2)).toEqual([4, 4, 4, 4]);
    expect(sizes(lengths.slice(0, 4), 2)).toEqual([2, 2]);
  });

  it('are found for more sequences than a call takes arguments', () => {
    const many = new Array<Sequence>(400_000).fill(sequence(20));
    expect(evenLimits(many, FEW, 2).tokens).toBeLessThanOrEqual(FEW.tokens);
  });

  it('hold all sequences, also with lengths of all kinds', () => {
    const lengths = Array.from({ length: 40 }, (_, i) => 1 + ((i * 37) % 200));
    for (let lanes = 1; lanes <= 4; lanes++) expect(sizes(lengths, lanes).reduce((a, b) => a + b)).toBe(40);
    expect(sizes([300], 4)).toEqual([1]);
  });
});
