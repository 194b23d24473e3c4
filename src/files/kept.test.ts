import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keptDigest } from './kept.ts';

const LARGE = 20 << 20;
let folder = '';
let file = '';
const compute = vi.fn(async () => 'digest');
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'digests-'));
  file = join(folder, 'weights');
  await writeFile(file, Buffer.alloc(LARGE, 'a'));
  compute.mockClear();
});
afterEach(() => rm(folder, { recursive: true }));

const digest = (of: unknown = 'weights') => keptDigest([file], of, compute, join(folder, 'kept'));

it('a large file is hashed once for each thing that is computed of it', async () => {
  expect([await digest(), await digest()]).toEqual(['digest', 'digest']);
  expect(compute).toHaveBeenCalledTimes(1);
  await digest('something else');
  expect(compute).toHaveBeenCalledTimes(2);
});

it('a file that was written to is hashed again, also with its old size and time of change', async () => {
  await digest();
  const { atime, mtime } = await stat(file);
  await writeFile(file, Buffer.alloc(LARGE, 'b'));
  await utimes(file, atime, mtime);
  await digest();
  expect(compute).toHaveBeenCalledTimes(2);
});

it('what is kept and damaged is computed again', async () => {
  await digest();
  const [kept] = await readdir(join(folder, 'kept'));
  await writeFile(join(folder, 'kept', kept as string), '{');
  expect(await digest()).toBe('digest');
  expect(compute).toHaveBeenCalledTimes(2);
});

it('without a folder to keep it in, and of small files, it is computed each time', async () => {
  await writeFile(join(folder, 'kept'), '');
  await digest();
  await digest();
  await writeFile(file, 'small');
  await digest();
  expect(compute).toHaveBeenCalledTimes(3);
});

it('a file that changes while it is hashed has no digest to keep', async () => {
  compute.mockImplementationOnce(async () => {
    await writeFile(file, Buffer.alloc(LARGE, 'c'));
    return 'torn';
  });
  expect(await digest()).toBe('torn');
  expect(await digest()).toBe('digest');
});
