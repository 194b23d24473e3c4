import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { linesOf, readLine } from './read-line.ts';

const LINES = ['first', 'x'.repeat(3_000_000), '', 'é', 'cut off'];
let [folder, path] = ['', ''];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-line-'));
  path = join(folder, 'lines');
  await writeFile(path, LINES.join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

it('gives every line, however long, where it begins, and whether it ends', async () => {
  let start = 0;
  const found = [];
  for await (const each of linesOf(path)) found.push(each);
  expect(found.map(({ isWhole }) => isWhole)).toEqual([true, true, true, true, false]);
  for (const [i, line] of LINES.entries()) {
    expect(found[i]?.start).toBe(start);
    expect(found[i]?.line.equals(Buffer.from(line))).toBe(true);
    expect((await readLine(path, start)).length).toBe(Buffer.byteLength(line));
    start += Buffer.byteLength(line) + 1;
  }
});

it('has no lines where there is no file', async () => {
  expect((await readLine(join(folder, 'none'), 0)).length).toBe(0);
});
