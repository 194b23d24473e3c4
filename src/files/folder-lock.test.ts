import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { draftName } from './draft.ts';
import { acquireLock } from './folder-lock.ts';
import { isAlive, startTicks } from './process-identity.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true }));

const write = (holder: object) => writeFile(path, JSON.stringify(holder));
const proc = existsSync('/proc/self/stat') ? it : it.skip;

it('names its holder and is gone after release', async () => {
  const lock = await acquireLock(folder);
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
  expect(lock.takenFrom).toBeNull();
  await lock.release();
  expect(existsSync(path)).toBe(false);
});

it('refuses a second writer and says who holds it and what to do', async () => {
  const lock = await acquireLock(folder);
  await expect(acquireLock(folder)).rejects.toMatchObject({
    code: 'store-locked',
    message: `${folder} is being written by process ${process.pid} on ${hostname()}`,
    hint: `wait for it or stop it; if it is surely gone, delete ${path} and repeat the command`,
  });
  await lock.release();
});

it('refuses while another process that holds it is alive', async () => {
  const other = spawn('sleep', ['60']);
  try {
    const pid = other.pid as number;
    await write({ pid, host: hostname(), started: startTicks(pid) });
    await expect(acquireLock(folder)).rejects.toThrow(`written by process ${pid} on`);
  } finally {
    other.kill('SIGKILL');
  }
});

it('takes over the lock of a process that has ended', async () => {
  const { pid } = spawnSync('true');
  await write({ pid, host: hostname(), started: null });
  const lock = await acquireLock(folder);
  expect(lock.takenFrom?.pid).toBe(pid);
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
  await lock.release();
});

proc('takes over the lock of an earlier process that had the same pid', async () => {
  const started = (startTicks(process.pid) as number) - 1;
  await write({ pid: process.pid, host: hostname(), started });
  const lock = await acquireLock(folder);
  expect(lock.takenFrom).toEqual({ pid: process.pid, host: hostname(), started });
  await lock.release();
});

// The shell ends at once and leaves its child to be a zombie of the `exec`ed sleep, which never waits for it.
proc('takes a zombie for ended', async () => {
  const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 60']);
  try {
    const pid = await new Promise<number>((done) => parent.stdout.once('data', (text) => done(Number(text))));
    await new Promise((done) => setTimeout(done, 200));
    expect(isAlive(pid, null)).toBe(false);
  } finally {
    parent.kill('SIGKILL');
  }
});

it('respects a lock of another host, where nobody can tell', async () => {
  await write({ pid: 1, host: 'elsewhere', started: null });
  await expect(acquireLock(folder)).rejects.toThrow('written by process 1 on elsewhere');
});

it('respects a lock that it cannot read', async () => {
  await writeFile(path, '');
  await expect(acquireLock(folder)).rejects.toThrow('a process that cannot be named');
});

it('does not remove a lock that has become another one', async () => {
  const lock = await acquireLock(folder);
  await write({ pid: 1, host: 'elsewhere', started: null });
  await lock.release();
  expect(existsSync(path)).toBe(true);
});

it('sweeps up what dead writers of the folder left half-written, and nothing of those that live', async () => {
  const gone = spawnSync('true').pid;
  const [mine, dead] = [draftName('records.jsonl'), draftName('lock').replace(`-${process.pid}-`, `-${gone}-`)];
  for (const name of [mine, dead]) await writeFile(join(folder, name), 'half');
  const lock = await acquireLock(folder);
  expect((await readdir(folder)).sort()).toEqual(['lock', mine].sort());
  await lock.release();
});
