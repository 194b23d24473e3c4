import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DecodedWeight } from '../../tensor/ops.ts';
import { decodedFiles } from './decoded-files.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'decoded-'));
});
afterAll(() => rm(folder, { recursive: true }));

const weight = (key: string, dtype: DecodedWeight['dtype'], values: readonly number[]): DecodedWeight => ({
  dtype,
  shape: [values.length],
  key,
  values: async () => Float32Array.from(values),
});

it('a decoded weight lies in a file of its dtype while it is used, once for all users', async () => {
  const files = decodedFiles(folder);
  const source = weight('a', 'F32', [1, -2.5]);
  const [first, second] = [await files.acquire(source), await files.acquire({ ...source })];
  expect(second).toBe(first);
  expect(first).toMatchObject({ offset: 0, byteLength: 8, dtype: 'F32', shape: [2] });
  expect(new Float32Array((await readFile(first.file)).buffer.slice(0, 8))).toEqual(Float32Array.of(1, -2.5));
  const half = await files.acquire(weight('b', 'F16', [1, 2]));
  expect(half).toMatchObject({ byteLength: 4, dtype: 'F16' });
  await files.release(source);
  await access(first.file);
  await files.release(source);
  await files.release(weight('b', 'F16', []));
  expect(await readdir(folder)).toEqual([]);
});

it('what a process left that was killed goes with the first weight of the next', async () => {
  const files = decodedFiles(folder);
  const { file } = await files.acquire(weight('c', 'F32', [1]));
  // A process number that no Linux machine gives out.
  const left = file.replace(/-\d+-\d+-/, '-99999999-1-');
  await writeFile(left, 'x');
  const next = decodedFiles(folder);
  await next.acquire(weight('d', 'F32', [1]));
  const names = await readdir(folder);
  expect(names).toHaveLength(2);
  expect(names.map((name) => join(folder, name))).not.toContain(left);
});

it('a weight that cannot be written is said with the folder, and leaves nothing', async () => {
  const blocked = join(folder, 'file');
  await writeFile(blocked, '');
  await expect(decodedFiles(blocked).acquire(weight('e', 'F32', [1]))).rejects.toThrow(blocked);
});
