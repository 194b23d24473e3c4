import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { DecodedWeight } from '../../tensor/ops.ts';
import { keyOf, packedWeights } from './packed-file.ts';
import type { PackedPart, PackedUse } from './packed-use.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packed-'));
  vi.stubEnv('BENCH_CACHE_DIR', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const read = vi.fn(async () => Float32Array.of(1, -4, 0.5, 2, 3, 1));
const weight: DecodedWeight = { dtype: 'F32', shape: [3, 2], key: 'w', values: read };
const WEIGHTS = new Map([['w', weight]]);
const USE: PackedUse = { weight: 'w', form: 'int8 rows', shape: [3, 2], outputsFirst: true };
const MODEL = { dtype: 'int8', digest: 'd'.repeat(64) };

const pack = (model = MODEL, digestNow = async () => model.digest) =>
  packedWeights([USE], WEIGHTS, model, { digestNow });

async function bytesOf({ file, offset, byteLength }: PackedPart): Promise<Buffer> {
  return (await readFile(file)).subarray(offset, offset + byteLength);
}

it('arrays lie where it is said, each at a multiple of 64', async () => {
  const [high, scales] = (await pack()).get(keyOf(USE)) as [PackedPart, PackedPart];
  expect(high).toMatchObject({ name: 'high', dtype: 'I8', shape: [3, 2], byteLength: 6 });
  expect(scales).toMatchObject({ name: 'scales', dtype: 'F32', shape: [3, 1], byteLength: 12 });
  expect([high.offset % 64, scales.offset % 64]).toEqual([0, 0]);
  expect([...new Int8Array(await bytesOf(high))]).toEqual([32, -127, 32, 127, 127, 42]);
  expect((await bytesOf(scales)).readFloatLE(4)).toBe(Math.fround(2 / 127));
});

it('a file is written once for each model and dtype', async () => {
  read.mockClear();
  const first = await pack();
  expect(await pack()).toEqual(first);
  expect(read).toHaveBeenCalledTimes(1);
  await pack({ ...MODEL, digest: 'e'.repeat(64) });
  expect(await readdir(join(folder, 'packed'))).toHaveLength(2);
});

it.each([
  ['a byte that is another', async (file: string, size: number) => change(file, size - 70), 'found other bytes'],
  ['an end that is missing', async (file: string, size: number) => truncate(file, size - 5), 'found 4251'],
  ['nothing', async (file: string) => truncate(file, 0), 'expected 4256 bytes of weights'],
  ['another beginning', async (file: string) => change(file, 3), 'found other bytes'],
])('a file with %s is refused, in a sentence that says what to type', async (_, damage, found) => {
  const file = (await pack()).get(keyOf(USE))?.[0]?.file as string;
  await damage(file, (await stat(file)).size);
  await expect(pack()).rejects.toMatchObject({
    code: 'bad-checkpoint',
    message: expect.stringMatching(new RegExp(`^${file}: .*${found}`)),
    hint: expect.stringContaining('bench models prune'),
  });
});

async function change(file: string, at: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[at] = (bytes[at] as number) ^ 1;
  await writeFile(file, bytes);
}

it('weights that changed while they were read are kept under no digest', async () => {
  await expect(pack(MODEL, async () => 'e'.repeat(64))).rejects.toMatchObject({
    code: 'bad-checkpoint',
    message: expect.stringContaining('expected the weights that were read before, found others'),
    hint: expect.stringContaining('same command again'),
  });
  expect(await readdir(join(folder, 'packed'))).toEqual([]);
});

it.each([
  ['between two weights', 'int8 rows', ['a', 'b'], 10],
  ['within a large weight', 'int8 rows', ['a'], 200],
  ['within a large weight', 'int8x2 columns', ['a'], 200],
  ['within a large weight', 'int4 blocks', ['a'], 200],
] as const)('a signal is heard %s, in %s: nothing is left', async (_, form, names, outputs) => {
  const stop = new AbortController();
  const values = vi.fn(async () => {
    setImmediate(() => stop.abort());
    return new Float32Array(outputs * 2).fill(1);
  });
  const shape = [outputs, 2];
  const weights = new Map(names.map((key): [string, DecodedWeight] => [key, { dtype: 'F32', shape, key, values }]));
  const uses = names.map((key): PackedUse => ({ ...USE, form, weight: key, shape }));
  const how = { digestNow: async () => MODEL.digest, signal: stop.signal };
  await expect(packedWeights(uses, weights, MODEL, how)).rejects.toMatchObject({
    code: 'interrupted',
    message: 'stopped while weights were being written in fewer bits',
  });
  expect(values).toHaveBeenCalledTimes(1);
  expect(await readdir(join(folder, 'packed'))).toEqual([]);
});

it('a folder without room is said', async () => {
  await writeFile(join(folder, 'packed'), '');
  await expect(pack()).rejects.toMatchObject({ code: 'system', hint: expect.stringContaining('BENCH_CACHE_DIR') });
});
