import { expect, it } from 'vitest';
import { netOfShape } from '../../architectures/index.ts';
import type { NetWork } from '../../core/model.ts';
import { countedForward, workCounter } from './net-work.ts';
import { countingPositions, type Sequence } from './sequence.ts';

/** Two layers of width 8: 8·24 + 8·8 + 8·32 + 32·8 = 768 values of matrices in each; 11 rows of vocabulary. */
const NET = netOfShape({ layers: 2, width: 8, heads: 2, context: 16 }, 11);

it('counts two operations a value of the matrices and token, attention by length, and the rows that are read', () => {
  const body = 2 * (2 * 768) * 5;
  const attention = 2 * (2 * 5 * 5 * 8 + 2 * 5 * 5 * 8); // in each layer: queries with keys, weights with values
  const readout = 2 * 8 * 11 * 3;
  expect(workCounter(NET)({ tokens: 5, compared: 5, reads: 3 })).toEqual({
    tokens: 5,
    flops: body + attention + readout,
  });
});

it('tells of each call once, rows that are read twice once, and leaves the forward alone where nobody asks', async () => {
  const sequence: Sequence = {
    ids: Int32Array.of(1, 2, 3),
    positions: countingPositions(3),
    attention: { kind: 'full' },
    reads: [0, 0, 2].map((row, target) => ({ row, target })),
  };
  const forward = async () => [];
  const workOf = workCounter(NET);
  const told: [NetWork, number | null][] = [];
  await countedForward(forward, workOf, { onWork: (work, steps) => told.push([work, steps]) })([sequence, sequence]);
  const one = workOf({ tokens: 3, compared: 3, reads: 2 });
  expect(told).toEqual([[{ tokens: 6, flops: 2 * one.flops }, null]]);
  expect(countedForward(forward, workOf, {})).toBe(forward);
});
