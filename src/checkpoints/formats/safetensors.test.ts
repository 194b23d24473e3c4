import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HarnessError } from '../../core/errors.ts';
import { readSafetensorsHeader } from './safetensors.ts';

let folder = '';
let file = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
  file = join(folder, 'model.safetensors');
});
afterAll(() => rm(folder, { recursive: true }));

/** A file with this header text (or value) and this many value bytes; `length` overrides the true header length. */
function bytesOf(header: unknown, valueBytes: number, length?: bigint): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(length ?? BigInt(text.byteLength));
  return Buffer.concat([prefix, text, Buffer.alloc(valueBytes)]);
}

const tensor = (shape: unknown, begin: unknown, end: unknown, dtype: unknown = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('a header', () => {
  it('gives every tensor its place, and the metadata', async () => {
    const header = {
      __metadata__: { format: 'pt' },
      a: tensor([2, 3], 4, 28),
      b: tensor([], 0, 4),
      c: tensor([0], 4, 4),
    };
    const bytes = bytesOf(header, 28);
    await writeFile(file, bytes);
    const begin = bytes.byteLength - 28;
    const read = await readSafetensorsHeader(file);
    expect(read.metadata).toEqual({ format: 'pt' });
    expect(read.tensors).toEqual([
      { name: 'a', file, offset: begin + 4, byteLength: 24, dtype: 'F32', shape: [2, 3] },
      { name: 'b', file, offset: begin, byteLength: 4, dtype: 'F32', shape: [] },
      { name: 'c', file, offset: begin + 4, byteLength: 0, dtype: 'F32', shape: [0] },
    ]);
  });

  const manyTensors = `{${Array.from({ length: 1_000_000 }, (_, i) => `"${i}":0`).join(',')}}`;
  const hostile: readonly [string, Uint8Array, RegExp][] = [
    ['that is empty', new Uint8Array(0), /truncated: 0 bytes/],
    ['cut inside its length', new Uint8Array(7), /truncated: 7 bytes/],
    ['cut inside its text', bytesOf({ a: tensor([1], 0, 4) }, 0, 500n), /truncated: header of 500 bytes/],
    ['with an absurd length', bytesOf({}, 0, 2n ** 60n), /header length 1152921504606846976 exceeds/],
    ['with the largest length', bytesOf({}, 0, 2n ** 64n - 1n), /header length 18446744073709551615 exceeds/],
    ['longer than 100 MB', bytesOf({}, 0, 100_000_001n), /header length 100000001 exceeds/],
    ['that is not JSON', bytesOf('{"a":', 0), /header is not JSON/],
    [
      'that is not UTF-8',
      Buffer.concat([bytesOf('', 0, 4n), Buffer.from([0x22, 0xff, 0xfe, 0x22])]),
      /not JSON in UTF-8/,
    ],
    ['that is an array', bytesOf([], 0), /not a JSON object/],
    ['that is null', bytesOf(null, 0), /not a JSON object/],
    ['with a million tensors', bytesOf(manyTensors, 0), /1000000 tensors in the header, expected at most 100000/],
    ['with metadata that are not texts', bytesOf({ __metadata__: { a: 1 } }, 0), /__metadata__/],
    ['with an unknown dtype', bytesOf({ a: tensor([1], 0, 4, 'F33') }, 4), /tensor "a": unknown dtype "F33"/],
    ['with a dtype that is a number', bytesOf({ a: tensor([1], 0, 4, 3) }, 4), /tensor "a": malformed dtype/],
    ['with an entry that is null', bytesOf({ a: null }, 4), /tensor "a": malformed entry/],
    ['with a negative side', bytesOf({ a: tensor([-1], 0, 4) }, 4), /tensor "a": shape must be non-negative integers/],
    ['with a fractional side', bytesOf({ a: tensor([1.5], 0, 6) }, 6), /tensor "a": shape must be non-negative/],
    ['with a shape that is a number', bytesOf({ a: tensor(1, 0, 4) }, 4), /tensor "a": shape must be/],
    ['with a side above 2^53', bytesOf({ a: tensor([2 ** 60], 0, 4) }, 4), /tensor "a": shape must be/],
    [
      'with more values than can be counted',
      bytesOf({ a: tensor([2 ** 40, 2 ** 40], 0, 4) }, 4),
      /"a": .* too many values/,
    ],
    [
      'with one offset',
      bytesOf({ a: { dtype: 'F32', shape: [1], data_offsets: [0] } }, 4),
      /data_offsets must be a pair/,
    ],
    ['with a negative offset', bytesOf({ a: tensor([1], -4, 0) }, 4), /tensor "a": data_offsets must be a pair/],
    [
      'with an offset of 2^64',
      bytesOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551616]}}', 4),
      /"a": data_offsets/,
    ],
    ['with reversed offsets', bytesOf({ a: tensor([1], 8, 4) }, 8), /tensor "a": data_offsets \[8, 4\] are reversed/],
    ['whose values are cut', bytesOf({ a: tensor([2], 0, 8) }, 7), /tensor "a": ends at value byte 8 of 7/],
    [
      'whose bytes disagree with its shape',
      bytesOf({ a: tensor([3], 0, 8) }, 8),
      /tensor "a": shape \[3\] of F32 takes 12 bytes/,
    ],
    [
      'with values that fill no byte',
      bytesOf({ a: tensor([1], 0, 1, 'F4') }, 1),
      /tensor "a": shape \[1\] of F4 takes 0.5/,
    ],
    ['with overlapping tensors', bytesOf({ a: tensor([2], 0, 8), b: tensor([1], 4, 8) }, 8), /tensor "b": overlaps/],
    [
      'with two tensors in one place',
      bytesOf({ a: tensor([1], 0, 4), b: tensor([1], 0, 4) }, 4),
      /tensor "b": overlaps/,
    ],
    [
      'with a hole',
      bytesOf({ a: tensor([1], 0, 4), b: tensor([1], 8, 12) }, 12),
      /tensor "b": 4 unused bytes before it/,
    ],
    ['with bytes before the first tensor', bytesOf({ a: tensor([1], 4, 8) }, 8), /tensor "a": 4 unused bytes/],
    ['followed by garbage', bytesOf({ a: tensor([1], 0, 4) }, 9), /5 bytes behind the last tensor/],
    [
      'that names a tensor twice',
      bytesOf(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061" : {"dtype":"F32","shape":[0],"data_offsets":[4,4]}}',
        4,
      ),
      /the header names "a" twice/,
    ],
    [
      'that repeats a key of an entry',
      bytesOf('{"a":{"dtype":"F32","shape":[2],"shape":[1],"data_offsets":[0,4]}}', 4),
      /the header names "shape" twice/,
    ],
  ];

  it.each(hostile)('%s is refused in one sentence that names the file', async (_, bytes, message) => {
    await writeFile(file, bytes);
    const error = await readSafetensorsHeader(file).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HarnessError);
    expect(error).toMatchObject({ code: 'bad-checkpoint', message: expect.stringMatching(message) });
    expect((error as HarnessError).message).toContain(file);
  });

  it('of a missing file or a folder is refused', async () => {
    await expect(readSafetensorsHeader(join(folder, 'absent'))).rejects.toThrow(
      /absent: cannot be read \(ENOENT: there is no such file or folder\)/,
    );
    await expect(readSafetensorsHeader(folder)).rejects.toThrow(/expected a regular file/);
  });

  it('accepts a tensor called __proto__ or constructor as any other name', async () => {
    await writeFile(
      file,
      bytesOf(
        '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"constructor":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}}',
        1,
      ),
    );
    expect((await readSafetensorsHeader(file)).tensors.map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
  });

  it('with any bytes changed is read or refused, and never anything else', async () => {
    const good = bytesOf({ __metadata__: { x: 'y' }, a: tensor([2, 3], 0, 24), b: tensor([4], 24, 32, 'BF16') }, 32);
    const mutations = fc.array(fc.tuple(fc.nat(good.byteLength - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(mutations, fc.nat(40), async (changes, cut) => {
        const bytes = Uint8Array.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        await writeFile(file, bytes.subarray(0, cut < 30 ? bytes.byteLength : bytes.byteLength - cut));
        const outcome = await readSafetensorsHeader(file).catch((error: unknown) => error);
        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(HarnessError);
          expect(outcome).toMatchObject({ code: 'bad-checkpoint', message: expect.stringContaining(file) });
        }
      }),
      { numRuns: 1500 },
    );
  });
});
