import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { killAndResume, scriptedCommand, writingCommand } from '../../scripts/kill-and-resume.ts';
import { readRun } from '../../src/store/read-run.ts';
import { readTraces } from '../../src/store/traces/trace-file.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DRIVER = join(ROOT, 'test/end-to-end/resume/driver.mjs');

let out: string;

beforeAll(() => {
  const newest = (folder: string) =>
    Math.max(0, ...readdirSync(join(ROOT, folder)).map((name) => statSync(join(ROOT, folder, name)).mtimeMs));
  const built = existsSync(join(ROOT, 'dist/src/runner')) ? newest('dist/src/runner') : 0;
  if (built < Math.max(newest('src/runner'), newest('src/store'))) {
    throw new Error('dist/ is missing or older than src/; these tests kill the built program: npm run build');
  }
});
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'bench-resume-'));
});
afterEach(() => rm(out, { recursive: true }));

const drive = (folder: string, ...options: readonly string[]) =>
  spawnSync(process.execPath, [DRIVER, folder, ...options], { encoding: 'utf8' });

const onlyRun = (folder: string) => join(folder, readdirSync(folder)[0] as string);

/** Starts the driver and waits until it has stored something. */
async function startSlowRun(folder: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [DRIVER, folder, '400', '100'], { stdio: 'ignore' });
  for (const until = performance.now() + 60_000; performance.now() < until; ) {
    await sleep(20);
    if (!existsSync(folder)) continue;
    const [name] = readdirSync(folder);
    const records = join(folder, name ?? '', 'records.jsonl');
    if (name !== undefined && existsSync(records) && statSync(records).size > 0) return child;
  }
  child.kill('SIGKILL');
  throw new Error('the driver stored nothing within a minute');
}

it('ends in the same bytes after ten kills at random moments', async () => {
  const report = await killAndResume({ command: scriptedCommand(), out, kills: 10, seed: 3 });
  expect(report.differences).toEqual([]);
  expect(report.kills).toBe(10);
  expect(report.midway).toBeGreaterThan(0);
});

it('ends in the same bytes after kills while a model writes, denoising steps included', async () => {
  const report = await killAndResume({ command: writingCommand(), out, kills: 5, seed: 1 });
  expect(report.differences).toEqual([]);
  expect(report.midway).toBeGreaterThan(0);
  const run = onlyRun(join(out, 'undisturbed'));
  const { records } = await readRun(run);
  expect([...(await readTraces(run)).byId.keys()]).toEqual(records.map(({ id }) => id));
}, 300_000);

it('ends in the same bytes when the order changes between sessions', async () => {
  const undisturbed = join(out, 'undisturbed');
  expect(drive(undisturbed, '400', '0').status).toBe(0);
  const killed = join(out, 'killed');
  const child = await startSlowRun(killed);
  child.kill('SIGKILL');
  await new Promise((done) => child.once('close', done));
  expect(drive(killed, '400', '0', 'shuffled').status).toBe(0);
  const records = (folder: string) => readFile(join(onlyRun(folder), 'records.jsonl'));
  expect(await records(killed)).toEqual(await records(undisturbed));
});

it('refuses a second process on the same run, and lets it resume after the first was killed', async () => {
  const child = await startSlowRun(out);
  try {
    const second = drive(out, '400', '0');
    expect(second.status).toBe(1);
    expect(second.stderr).toContain('store-locked: ');
    expect(second.stderr).toContain(`is being written by process ${child.pid} on `);
  } finally {
    child.kill('SIGKILL');
  }
  await new Promise((done) => child.once('close', done));
  const third = drive(out, '400', '0');
  expect(third.status).toBe(0);
  expect(JSON.parse(third.stdout)).toMatchObject({ state: 'completed', warnings: ['stale-lock'] });
  const { records, environment } = await readRun(onlyRun(out));
  expect(records).toHaveLength(400);
  expect(environment.sessions.map(({ state }) => state)).toEqual(['running', 'completed']);
});
