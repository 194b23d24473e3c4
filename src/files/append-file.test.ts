import { appendFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openToAppend } from './append-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-append-'));
  path = join(folder, 'records.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const line = Buffer.from('line\n');

it('grows by whole pieces', async () => {
  await writeFile(path, 'first\nhalf');
  const file = await openToAppend(path, 6);
  await file.append(line);
  await file.close();
  expect(await readFile(path, 'utf8')).toBe('first\nline\n');
});

it.each([
  ['deleted', () => rm(path), 'it was deleted'],
  ['deleted with its folder', () => rm(folder, { recursive: true }), 'it was deleted'],
  [
    'replaced',
    () => rename(path, `${path}.old`).then(() => writeFile(path, '')),
    'another program replaced or changed it',
  ],
  ['written by another program', () => appendFile(path, 'x'), 'another program replaced or changed it'],
])('notices that it was %s while it is open', async (_, harm, problem) => {
  const file = await openToAppend(path);
  await file.append(line);
  await harm();
  const refused = {
    code: 'store-corrupt',
    message: `${path}: expected the file that is being written, but ${problem}`,
  };
  await expect(file.requireThere()).rejects.toMatchObject(refused);
  await expect(file.append(line)).rejects.toMatchObject(refused);
  await file.close();
});
