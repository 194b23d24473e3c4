import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scriptedRun } from '../../test/scripted/scripted-run.ts';
import type { Session } from '../store/environment.ts';
import { readRun } from '../store/read-run.ts';
import { changedPlugin } from './changed-plugin.ts';
import { executeRun, type LoopOptions } from './run.ts';

const ROWS = 12;
const [FIRST, SECOND] = ['1.0.0 sha256:0123456789abcdef', '1.0.0 sha256:fedcba9876543210'];
let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'bench-changed-plugin-'));
});
afterEach(() => rm(out, { recursive: true }));

const { machine: host } = scriptedRun({ rows: 0 });
const machineWith = (version: string) => ({ ...host, plugins: { mine: version, other: version } });

function run(version: string, options: LoopOptions = {}) {
  const inputs = { ...scriptedRun({ rows: ROWS }), machine: machineWith(version), plugin: 'mine', out };
  return executeRun(inputs, { unitSize: 4, concurrency: 1, ...options });
}

const told = (items: number) => ({
  code: 'changed-plugin',
  message:
    `${items} item(s) were stored by another version of plugin mine (${FIRST}; now ${SECOND}); ` +
    'raise the version of task scripted, or give another --out, to compute them again',
});

it('is told of a complete run, and stored once', async () => {
  expect((await run(FIRST)).warnings).toEqual([]);
  expect((await run(FIRST)).warnings).toEqual([]);
  for (let time = 0; time < 2; time++) {
    const { folder, warnings, newItems } = await run(SECOND);
    expect(newItems).toBe(0);
    expect(warnings).toMatchObject([told(ROWS)]);
    const { environment } = await readRun(folder);
    expect(environment.sessions.map((session) => session.warnings.length)).toEqual([0, 1]);
  }
  expect((await run(FIRST)).warnings).toEqual([]);
});

it('is told of a run that another version began, as long as its items are there', async () => {
  const stop = new AbortController();
  await run(FIRST, { signal: stop.signal, onProgress: ({ done }) => done > 0 && stop.abort() });
  for (let time = 0; time < 2; time++) expect((await run(SECOND)).warnings).toMatchObject([told(4)]);
});

const session = (changes: Partial<Session>): Session => ({
  ...{ started: '', seconds: 0, items: 0, nfe: 0, peakMemoryBytes: 0, state: 'completed', warnings: [] },
  ...{ machine: machineWith(FIRST), ...changes },
});
const messages = (stored: number, earlierSessions: readonly Session[], version = SECOND, plugin?: string) =>
  changedPlugin({ ...{ task: 'scripted', plugin, machine: machineWith(version) }, earlierSessions, stored }).map(
    ({ message }) => message.split(' were')[0],
  );

it('says nothing of items that are not stored, of other plugins, and where the task comes from none', () => {
  expect(messages(0, [session({ state: 'failed' })], SECOND, 'mine')).toEqual([]);
  expect(messages(4, [session({ items: 4 })])).toEqual([]);
  const unnamed = session({ items: 4, machine: { ...host, plugins: { other: FIRST } } });
  expect(messages(4, [unnamed], SECOND, 'mine')).toEqual([]);
});

it('counts what a killed session did not come to say, and what the workers of a session stored', () => {
  expect(messages(9, [session({ state: 'running', items: 2 })], SECOND, 'mine')).toEqual(['9 item(s)']);
  const worker = { name: 'a:1', seconds: 1, peakMemoryBytes: 0 };
  const workers = [
    { ...worker, items: 3, machine: machineWith(FIRST) },
    { ...worker, items: 5, machine: machineWith(SECOND) },
  ];
  expect(messages(8, [session({ items: 8, workers })], SECOND, 'mine')).toEqual(['3 item(s)']);
});

it.each([
  ['1.0.0 sha256:0123456789abcdef', '1.0.0', []],
  ['0123456789abcdef', '', []],
  ['0123456789abcdef', 'fedcba9876543210', ['4 item(s)']],
  ['1.0.0', '1.0.1', ['4 item(s)']],
])('holds %j against %j, where a plugin that no file holds has no digest', (before, now, expected) => {
  expect(messages(4, [session({ items: 4, machine: machineWith(before) })], now, 'mine')).toEqual(expected);
});
