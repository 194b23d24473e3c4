import { expect, it } from 'vitest';
import type { Weights } from '../../tensor/ops.ts';
import { memoryFor, requireMemory } from './memory.ts';

const place = (shape: readonly number[]) => ({ file: 'w', offset: 0, byteLength: 0, dtype: 'F32', shape }) as const;
/** LLaMA-7B's matrices, without the head. */
const LARGE: Weights = new Map([
  ['table', place([32_000, 4096])],
  ...Array.from({ length: 32 * 4 }, (_, i) => [`a${i}`, place([4096, 4096])] as const),
  ...Array.from({ length: 32 * 3 }, (_, i) => [`m${i}`, place([11_008, 4096])] as const),
  ['norm', place([4096])],
]);
const GIB = 2 ** 30;

it('counts matrices in their dtype, vectors in float32, and the largest once more', () => {
  const small: Weights = new Map([
    ['a', place([10, 10])],
    ['b', place([10])],
  ]);
  expect(memoryFor(small, 'int4')).toBe(100 * 0.8 + 10 * 4 + 100 * 4);
  expect(memoryFor(new Map(), 'float32')).toBe(0);
  expect(memoryFor(small, 'file')).toBeNull();
});

it.each([
  [20, '--dtype int8x2 takes about 14.6 GiB'],
  [10, '--dtype int8 takes about 7.9 GiB'],
  [6, '--dtype int4 takes about 5.4 GiB'],
  [2, '--dtype bfloat16 takes about 0.5 GiB'],
  [0.1, 'take a machine with more memory'],
])('with %s GiB free, float32 is refused with the dtype that would fit', (free, hint) => {
  const refused = () => requireMemory(LARGE, 'float32', free * GIB);
  expect(refused).toThrow(
    `memory: expected about 25.7 GiB for the weights in float32, found ${free.toFixed(1)} GiB free`,
  );
  expect(refused).toThrow(expect.objectContaining({ code: 'system', hint: expect.stringContaining(hint) }));
});

it('what fits is let through', () => {
  expect(() => requireMemory(LARGE, 'int8', 9 * GIB)).not.toThrow();
});
