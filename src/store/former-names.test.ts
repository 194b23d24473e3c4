/** Runs that were stored when `lm-eval` was the name of what is `olmes` now. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scriptedMeasured } from '../../test/scripted/scripted-measured.ts';
import type { RunManifest } from '../core/manifest.ts';
import type { ItemRecord } from '../core/record.ts';
import { digestOf, sha256 } from '../core/text/digest.ts';
import { differencesOf } from '../gate/measured/comparability.ts';
import { readManifest } from './read-manifest.ts';
import { readRun } from './read-run.ts';
import { openRun } from './run-writer.ts';

const { manifest: scripted } = scriptedMeasured({ values: { acc: [1, 0] } });
const under = (settings: Partial<RunManifest['settings']>): RunManifest => ({
  ...scripted,
  settings: { ...scripted.settings, ...settings },
});
const former = under({ protocol: 'lm-eval' });
const today = under({ protocol: 'olmes' });
const record = (index: number): ItemRecord => ({
  ...{ id: `row-${index}`, index, response: { kind: 'answered', views: {}, nfe: 1 } },
  score: { kind: 'scored', values: { acc: 1 }, answer: 0, gold: 0, undecided: false },
});
const planned = [record(0), record(1)];

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'bench-former-'));
});
afterEach(() => rm(out, { recursive: true }));

/** Two sessions: the first leaves one record. */
async function stored(first: RunManifest): Promise<string> {
  const writer = await openRun(out, first, planned);
  await writer.append([record(0)]);
  await writer.close();
  return writer.folder;
}

it('is read under the new name, its folder and identity as they are', async () => {
  const folder = await stored(former);
  const run = await readRun(folder);
  expect(run.manifest).toEqual(today);
  expect(run.runId).toBe(digestOf(former));
  expect(run.summary.runId).toBe(run.runId);
  expect(folder.endsWith(`-lm-eval-${run.runId.slice(0, 12)}`)).toBe(true);
  expect(differencesOf(run.manifest, today)).toEqual([]);
});

it('goes on in its folder, whose manifest stays', async () => {
  const folder = await stored(former);
  const writer = await openRun(out, today, planned);
  expect([writer.folder, writer.records.size]).toEqual([folder, 1]);
  await writer.append([record(1)]);
  expect((await writer.seal()).runId).toBe(digestOf(former));
  await writer.close();
  expect(await readdir(out)).toHaveLength(1);
  expect(sha256(await readFile(join(folder, 'manifest.json')))).toBe(digestOf(former));
});

it('keeps what has the name today, which says how many examples there are', async () => {
  const harness = under({ protocol: 'lm-eval', shots: 0 });
  expect(await readManifest(await stored(harness))).toEqual(harness);
  expect(await readManifest(await stored(today))).toEqual(today);
  expect(differencesOf(today, harness).map(({ text }) => text)).toEqual(['protocol olmes against lm-eval']);
  expect(differencesOf(harness, under({ protocol: 'lm-eval', shots: 5 })).map(({ text }) => text)).toEqual([
    'shots 0 against 5',
  ]);
});
