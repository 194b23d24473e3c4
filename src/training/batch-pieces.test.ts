import { expect, it } from 'vitest';
import { piecesOf } from './batch-pieces.ts';
import type { TrainingBatch } from './trainable.ts';

/** Five sequences of 3 tokens; rows out of order, the fourth sequence read nowhere. */
const BATCH: TrainingBatch = {
  ids: Int32Array.from({ length: 15 }, (_, i) => 100 + i),
  sequences: 5,
  length: 3,
  attention: 'full',
  rows: Int32Array.of(14, 0, 5, 0, 7),
  targets: Int32Array.of(1, 2, 3, 4, 5),
  weights: Float32Array.of(10, 20, 30, 40, 50),
};

it('pieces hold whole sequences, their rows counted from their own start', () => {
  const pieces = piecesOf(BATCH, 8);
  expect(pieces.map(({ batch }) => [...batch.ids])).toEqual([
    [100, 101, 102],
    [103, 104, 105, 106, 107, 108],
    [109, 110, 111, 112, 113, 114],
  ]);
  expect(pieces.map(({ batch }) => [...batch.rows])).toEqual([[0, 0], [2, 4], [5]]);
  expect(pieces.map(({ batch }) => [...batch.targets])).toEqual([[2, 4], [3, 5], [1]]);
  expect(pieces.map(({ batch }) => [...batch.weights])).toEqual([[20, 40], [30, 50], [10]]);
  expect(pieces.map(({ places }) => [...places])).toEqual([[1, 3], [2, 4], [0]]);
});

it('a batch that fits is one piece; a sequence longer than a piece is a piece; pieces without rows are left out', () => {
  expect(piecesOf(BATCH, 15)).toHaveLength(1);
  expect(piecesOf(BATCH, 1).map(({ batch }) => batch.ids[0])).toEqual([100, 103, 106, 112]);
  expect(piecesOf({ ...BATCH, rows: new Int32Array() }, 15)).toEqual([]);
});
