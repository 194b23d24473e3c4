/** Many processes find the lock of a dead one at the same moment: never more than one holds it. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const LOCK = new URL('../../dist/src/store/run-lock.js', import.meta.url).href;
const ROUNDS = 6;
const PROCESSES = 8;

/** Waits for the round's mark, tries, and writes down when it held the lock, in a file that only appends. */
const CONTENDER = `
  const { acquireLock } = await import(process.argv[1]);
  const { appendFile, access } = await import('node:fs/promises');
  const [, , folder, go, log] = process.argv;
  while (!(await access(go).then(() => true, () => false)));
  try {
    const lock = await acquireLock(folder);
    await appendFile(log, 'take ' + process.pid + '\\n');
    await new Promise((done) => setTimeout(done, 30));
    await appendFile(log, 'leave ' + process.pid + '\\n');
    await lock.release();
  } catch (error) {
    if (error.code !== 'store-locked') await appendFile(log, 'fail ' + error.message + '\\n');
  }`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-storm-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('gives a stale lock to one of them at a time, and leaves nothing behind', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const [go, log, run] = ['go', 'log', 'run'].map((name) => join(folder, `${name}-${round}`)) as [
      string,
      string,
      string,
    ];
    spawnSync('mkdir', [run]);
    await writeFile(log, '');
    await writeFile(join(run, 'lock'), JSON.stringify({ pid: spawnSync('true').pid, host: hostname(), started: null }));
    const args = ['--input-type=module', '-e', CONTENDER, LOCK, run, go, log];
    const ended = Array.from({ length: PROCESSES }, () => {
      const contender = spawn(process.execPath, args, { stdio: 'ignore' });
      return new Promise((done) => contender.once('exit', done));
    });
    await new Promise((done) => setTimeout(done, 300));
    await writeFile(go, '');
    await Promise.all(ended);
    const events = (await readFile(log, 'utf8')).trimEnd().split('\n');
    expect(events.length).toBeGreaterThan(1);
    for (let i = 0; i < events.length; i += 2) {
      expect(events[i + 1]).toBe(events[i]?.replace('take', 'leave'));
    }
    expect(await readdir(run)).toEqual([]);
  }
}, 60_000);
