import { expect, it } from 'vitest';
import type { WeightSource, Weights } from '../../tensor/ops.ts';
import { memoryFor, requireMemory } from './memory.ts';

const place = (shape: readonly number[]) => ({ file: 'w', offset: 0, byteLength: 0, dtype: 'F32', shape }) as const;
/** LLaMA-7B's matrices, without the head. */
const LARGE: Weights = new Map([
  ['table', place([32_000, 4096])],
  ...Array.from({ length: 32 * 4 }, (_, i) => [`a${i}`, place([4096, 4096])] as const),
  ...Array.from({ length: 32 * 3 }, (_, i) => [`m${i}`, place([11_008, 4096])] as const),
  ['norm', place([4096])],
]);
const blocked = (shape: readonly number[], bits: 4 | 8): WeightSource => ({
  ...{ dtype: 'F32', shape, key: 'w', values: async () => new Float32Array() },
  blocks: { bits, along: 1, read: async () => ({ levels: new Uint8Array(), scales: new Float32Array() }) },
});
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
  [10, '--dtype bfloat16 takes about 0.5 GiB beside its file'],
  [6, '--dtype bfloat16 takes about 0.5 GiB beside its file'],
  [0.1, 'take a machine with more memory'],
])('with %s GiB free, float32 is refused with the most exact dtype that would fit', (free, hint) => {
  const refused = () => requireMemory(LARGE, 'float32', free * GIB);
  expect(refused).toThrow(
    `memory: expected about 25.7 GiB for the weights in float32, found ${free.toFixed(1)} GiB free`,
  );
  expect(refused).toThrow(expect.objectContaining({ code: 'system', hint: expect.stringContaining(hint) }));
});

it.each([
  [4, 0.8],
  [8, 1.3],
] as const)('blocks of %i bits of a file take %f bytes a weight, all other matrices float32', (bits, bytes) => {
  const weights: Weights = new Map<string, WeightSource>([
    ['blocked', blocked([64, 32], bits)],
    ['plain', place([10, 10])],
    ['norm', place([10])],
  ]);
  expect(memoryFor(weights, 'file')).toBeCloseTo(64 * 32 * bytes + 100 * 4.1 + 10 * 4 + 64 * 32 * 4, 6);
});

it('blocks of a file that do not fit are refused', () => {
  const large: Weights = new Map([...LARGE].map(([name, { shape }]) => [name, blocked(shape, 8)]));
  expect(() => requireMemory(large, 'file', GIB)).toThrow(
    'memory: expected about 8.5 GiB for the weights in file, found 1.0 GiB free',
  );
  expect(() => requireMemory(large, 'file', 9 * GIB)).not.toThrow();
});

it('what fits is let through', () => {
  expect(() => requireMemory(LARGE, 'int8', 9 * GIB)).not.toThrow();
});
