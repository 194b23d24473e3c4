import { expect, it } from 'vitest';
import type { TensorSpec } from '../../../tensor/ops.ts';
import { requireIds } from './require-ids.ts';

const int = (...dims: TensorSpec['dims']): TensorSpec => ({ dtype: 'int32', dims });
const program = { name: 'net', inputs: { ids: int('N'), slots: int('B', 'L'), homes: int('N') } };
const lookups = [
  { ids: 'ids', size: 10 },
  { ids: 'slots', size: 'N' },
  { ids: 'homes', size: 'B·L' },
  { ids: 'v3.0', size: 2 },
];
const feeds = (ids: readonly number[], slots: readonly number[], homes: readonly number[]) => ({
  ids: { dims: [ids.length], data: Int32Array.from(ids) },
  slots: { dims: [2, 2], data: Int32Array.from(slots) },
  homes: { dims: [homes.length], data: Int32Array.from(homes) },
});

it('lets ids pass that are in the table, and does not look at what the graph computes', () => {
  requireIds(program, lookups, feeds([0, 9, 4], [0, 2, 1, 0], [3, 0, 1]));
});

it.each([
  [[0, 10, 4], [0, 0, 0, 0], [0, 0, 0], 'net: expected ids from 0 to 9 in ids, found 10'],
  [[0, -1, 4], [0, 0, 0, 0], [0, 0, 0], 'net: expected ids from 0 to 9 in ids, found -1'],
  [[0, 1, 4], [0, 3, 0, 0], [0, 0, 0], 'net: expected ids from 0 to 2 in slots, found 3'],
  [[0, 1, 4], [0, 0, 0, 0], [0, 4, 0], 'net: expected ids from 0 to 3 in homes, found 4'],
])('refuses %j, %j, %j', (ids, slots, homes, message) => {
  expect(() => requireIds(program, lookups, feeds(ids, slots, homes))).toThrow(new RangeError(message));
});
