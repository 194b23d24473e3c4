import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DenseTensor } from '../checkpoint.ts';
import { readSafetensorsHeader } from './safetensors.ts';
import { readTensor } from './tensor-values.ts';
import { writeSafetensors } from './write-safetensors.ts';

let folder = '';
let file = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
  file = join(folder, 'model.safetensors');
});
afterAll(() => rm(folder, { recursive: true }));

async function stored(name: string): Promise<DenseTensor> {
  const found = (await readSafetensorsHeader(file)).tensors.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return { ...found, publishedName: name, dtype: found.dtype as DenseTensor['dtype'] };
}

describe('a written file', () => {
  const values = [0, -0, 1.5, -2, Number.POSITIVE_INFINITY, 2 ** -24];
  const source = (name: string, dtype: DenseTensor['dtype'], shape: number[]) => ({
    name,
    dtype,
    shape,
    *values() {
      yield Float32Array.from(values.slice(0, 4));
      yield Float32Array.from(values.slice(4));
    },
  });

  it('reads back, in each dtype, as what was written in pieces', async () => {
    const tensors = [source('one', 'F32', [2, 3]), source('two', 'F16', [6]), source('three', 'BF16', [3, 1, 2])];
    await writeSafetensors(file, tensors, { note: 'é' });
    const header = await readSafetensorsHeader(file);
    expect(header.metadata).toEqual({ note: 'é' });
    expect(header.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).toEqual([
      { name: 'one', dtype: 'F32', shape: [2, 3] },
      { name: 'two', dtype: 'F16', shape: [6] },
      { name: 'three', dtype: 'BF16', shape: [3, 1, 2] },
    ]);
    expect((header.tensors[0]?.offset ?? 1) % 8).toBe(0);
    for (const name of ['one', 'two', 'three']) expect([...(await readTensor(await stored(name)))]).toEqual(values);
  });

  it('takes bytes as they are, from an asynchronous source', async () => {
    async function* bytes() {
      yield Uint8Array.from([0x80, 0x3f]);
      yield Uint8Array.from([0xc0, 0x7f]);
    }
    await writeSafetensors(file, [{ name: 'a', dtype: 'BF16', shape: [2], values: bytes }]);
    expect([...(await readTensor(await stored('a')))]).toEqual([1, Number.NaN]);
  });

  it('keeps the payload of a NaN when it is widened', async () => {
    await writeSafetensors(file, [
      { name: 'a', dtype: 'F16', shape: [1], values: () => [Uint8Array.from([0x01, 0x7e])] },
    ]);
    const read = await readTensor(await stored('a'));
    expect(new Uint32Array(read.buffer)[0]).toBe(0x7fc02000);
  });

  it('reads tensors of more than one piece', async () => {
    const size = (4 << 20) / 2 + 3; // one more piece of 4 MiB is begun
    const ramp = Float32Array.from({ length: size }, (_, i) => i % 128);
    await writeSafetensors(file, [{ name: 'a', dtype: 'BF16', shape: [size], values: () => [ramp] }]);
    const read = await readTensor(await stored('a'));
    expect(read.length).toBe(size);
    expect(read.every((value, i) => value === i % 128)).toBe(true);
  });

  it('does not appear, and leaves nothing behind, when the values do not fit the shape', async () => {
    const other = join(folder, 'other.safetensors');
    const before = await readdir(folder);
    for (const shape of [[5], [7]]) {
      await expect(writeSafetensors(other, [source('a', 'F32', shape)])).rejects.toThrow(RangeError);
    }
    await expect(writeSafetensors(other, [source('a', 'F32', [6]), source('a', 'F32', [6])])).rejects.toThrow(
      /two tensors/,
    );
    expect(await readdir(folder)).toEqual(before);
  });

  it('that is cut after it was opened is reported when its values are read', async () => {
    await writeSafetensors(file, [source('a', 'F32', [6])]);
    const opened = await stored('a');
    await truncate(file, opened.offset + 8);
    await expect(readTensor(opened)).rejects.toThrow(/truncated: ends at byte/);
  });
});
