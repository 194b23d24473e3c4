import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { sessionThreads } from './sessions-beside.ts';

/** A thread whose `open` succeeds where it is the first to be asked, and fails in another once told to. */
const PROGRAM = `
import { existsSync, openSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
const first = () => { try { openSync(new URL('first', import.meta.url), 'wx'); return true; } catch { return false; } };
parentPort.on('message', ({ number, kind, feeds, carrier }) => {
  const reply = (rest, given = []) => parentPort.postMessage({ number, ...rest }, given);
  if (kind === 'run') return reply({ answer: { fetched: feeds, carrier } }, [carrier]);
  if (kind !== 'open' || first()) return reply({ answer: null });
  const told = setInterval(() => {
    if (!existsSync(new URL('fail', import.meta.url))) return;
    clearInterval(told);
    reply({ failure: { message: 'no memory', code: null } });
  }, 5);
});
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sessions-'));
  await writeFile(join(folder, 'thread.mjs'), PROGRAM);
});
afterAll(() => rm(folder, { recursive: true }));

it('computes once one thread can, and says of another that it cannot', async () => {
  const threads = await sessionThreads(pathToFileURL(join(folder, 'thread.mjs')));
  const session = await threads?.sessions(2).open(new Uint8Array(), {});
  const feeds = { ids: { type: 'int32', dims: [3], data: Int32Array.of(7, 8, 9) } } as const;
  for (let batch = 0; batch < 2; batch++) await expect(session?.run(feeds, {})).resolves.toEqual(feeds);
  await writeFile(join(folder, 'fail'), '');
  await vi.waitFor(() => expect(session?.run({}, {})).rejects.toThrow('no memory'));
  await session?.release();
});
