import { readdirSync, rmSync } from 'node:fs';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ScriptedRunOptions, scriptedRun } from '../../test/scripted/scripted-run.ts';
import { HarnessError } from '../core/errors.ts';
import { totalSeconds } from '../store/environment.ts';
import { readRun } from '../store/read-run.ts';
import { replayRecords } from './replay.ts';
import { executeRun, type LoopOptions, type RunProgress } from './run.ts';

const ROWS = 40;
let out: string;
let reference: Buffer;
let folder: string;

beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'bench-run-'));
  folder = (await run({}, {}, 'reference')).folder;
  reference = await readFile(join(folder, 'records.jsonl'));
});
afterEach(() => rm(out, { recursive: true }));

function run(script: Partial<ScriptedRunOptions> = {}, options: LoopOptions = {}, sub = 'runs') {
  return executeRun({ ...scriptedRun({ rows: ROWS, ...script }), out: join(out, sub) }, options);
}

const recordsOf = (path: string) => readFile(join(path, 'records.jsonl'));

it('stores every item in data-set order and says what it found', async () => {
  const outcome = await run();
  expect(outcome).toMatchObject({ state: 'completed', newItems: ROWS, warnings: [] });
  const { records, summary } = await readRun(outcome.folder);
  expect(records.map(({ index }) => index)).toEqual([...Array(ROWS).keys()]);
  expect(summary).toEqual(outcome.summary);
  expect(summary.complete).toBe(true);
});

it('computes nothing when everything is stored', async () => {
  const calls: string[] = [];
  const outcome = await run({ onAnswer: (ids) => calls.push(...ids) }, {}, 'reference');
  expect(outcome).toMatchObject({ state: 'completed', newItems: 0 });
  expect(calls).toEqual([]);
  expect((await readRun(folder)).environment.sessions).toHaveLength(1);
});

it.each([1, 2, 3, 7, 16, 39, 40, 64])('gives the same bytes with %d items a unit', async (unitSize) => {
  const outcome = await run({}, { unitSize });
  expect(await recordsOf(outcome.folder)).toEqual(reference);
});

it.each([1, 2, 5, 50])('gives the same bytes with %d units in flight', async (concurrency) => {
  const outcome = await run({ delayMs: 5 }, { concurrency, unitSize: 4 });
  expect(await recordsOf(outcome.folder)).toEqual(reference);
});

it('gives the same bytes in shuffled order', async () => {
  const order: string[] = [];
  const outcome = await run({ onAnswer: (ids) => order.push(...ids) }, { order: 'shuffled', unitSize: 4 });
  expect(order.slice(0, 4)).not.toEqual(['row-0', 'row-1', 'row-2', 'row-3']);
  expect(await recordsOf(outcome.folder)).toEqual(reference);
  expect(await readFile(join(outcome.folder, 'summary.json'))).toEqual(await readFile(join(folder, 'summary.json')));
});

it('gives, under a limit, the first records of the whole run in a folder of their own', async () => {
  const outcome = await run({ limit: 11 });
  const records = await recordsOf(outcome.folder);
  expect(reference.subarray(0, records.length)).toEqual(records);
  expect(outcome.summary.items).toBe(11);
  expect((await readdir(join(out, 'runs'))).length).toBe(1);
  await run();
  expect((await readdir(join(out, 'runs'))).length).toBe(2);
});

it('takes a limit that leaves nothing out for no limit', async () => {
  expect((await run({ limit: ROWS }, {}, 'reference')).newItems).toBe(0);
});

it('leaves nothing on the disk when its check refuses a new run, and what is stored when it refuses the rest', async () => {
  const check = () => Promise.reject(new HarnessError('bad-checkpoint', 'the head is zero'));
  await expect(run({}, { check }, 'refused')).rejects.toMatchObject({ code: 'bad-checkpoint' });
  expect(await readdir(out)).toEqual(['reference']);
  const records = join(folder, 'records.jsonl');
  const kept = reference.subarray(0, reference.indexOf('\n') + 1);
  await writeFile(records, kept);
  await expect(run({}, { check }, 'reference')).rejects.toMatchObject({ code: 'bad-checkpoint' });
  expect(await readFile(records)).toEqual(kept);
});

it('stores the clusters of items, and takes records of the time before for the same ones without', async () => {
  const inputs = scriptedRun({ rows: ROWS });
  const examples = inputs.examples.map((example) => ({ ...example, cluster: `pair/${example.index >> 1}` }));
  const named = (sub: string) => executeRun({ ...inputs, examples, out: join(out, sub) }, { unitSize: 4 });
  const clusters = async (path: string) => (await readRun(path)).records.map(({ cluster }) => cluster);
  expect(await clusters((await named('runs')).folder)).toEqual(examples.map(({ cluster }) => cluster));
  expect(await clusters((await named('reference')).folder)).toEqual(Array(ROWS).fill(undefined));

  const records = join(folder, 'records.jsonl');
  const lines = reference.toString().split('\n').slice(0, 10);
  await writeFile(records, `${lines.join('\n')}\n`);
  const outcome = await named('reference');
  expect(outcome).toMatchObject({ state: 'completed', newItems: ROWS - 10, warnings: [] });
  expect(await clusters(folder)).toEqual(examples.map(({ cluster }, i) => (i < 10 ? undefined : cluster)));

  const stored = (await readRun(folder)).records;
  const replay = (clusterOf: (name: string) => string) => {
    const again = examples.map((example) => ({ ...example, cluster: clusterOf(example.cluster) }));
    return replayRecords({ ...inputs, examples: again }, stored, { unitSize: 7 });
  };
  expect(await replay((name) => name)).toMatchObject({ compared: ROWS, differing: [] });
  expect((await replay((name) => `${name}!`)).differing).toHaveLength(ROWS - 10);
});

it('writes a run with another setting to another folder', async () => {
  const other = await run({ seed: 1 }, {}, 'reference');
  expect(other.folder).not.toBe(folder);
  expect(await recordsOf(folder)).toEqual(reference);
  expect(await recordsOf(other.folder)).not.toEqual(reference);
});

it('stops after the units in flight when it is interrupted, and resumes to the same bytes', async () => {
  const stop = new AbortController();
  const onProgress = ({ done }: RunProgress) => {
    if (done >= 12) stop.abort();
  };
  const first = await run({ delayMs: 2 }, { unitSize: 4, concurrency: 2, signal: stop.signal, onProgress });
  expect(first.state).toBe('interrupted');
  expect(first.newItems).toBe(16); // three units, and the one that was in flight when the third was stored
  expect(first.summary).toMatchObject({ complete: false, items: 16, expectedItems: ROWS });
  const seen: RunProgress[] = [];
  const second = await run({}, { unitSize: 4, onProgress: (progress) => seen.push(progress) });
  expect(second).toMatchObject({ state: 'completed', newItems: 24, warnings: [] });
  expect(seen[0]).toEqual({ done: 16, total: ROWS, resumed: 16 });
  expect(seen.at(-1)).toEqual({ done: ROWS, total: ROWS, resumed: 16 });
  expect(await recordsOf(second.folder)).toEqual(reference);
});

it('is interrupted, not failed, when the model drops its batch after the signal', async () => {
  const stop = new AbortController();
  const onAnswer = (ids: readonly string[]) => {
    if (!ids.includes('row-20')) return;
    stop.abort();
    throw new HarnessError('interrupted', 'dropped');
  };
  const first = await run({ onAnswer }, { unitSize: 4, concurrency: 1, signal: stop.signal });
  expect(first).toMatchObject({ state: 'interrupted', missing: 20, newItems: 20 });
});

it('stores what is finished when the model fails, passes the error on, and resumes', async () => {
  const onAnswer = (ids: readonly string[]) => {
    if (ids.includes('row-20')) throw new HarnessError('engine', 'out of memory');
  };
  await expect(run({ onAnswer, delayMs: 2 }, { unitSize: 4, concurrency: 3 })).rejects.toThrow('out of memory');
  const [name] = await readdir(join(out, 'runs'));
  const failed = await readRun(join(out, 'runs', name as string));
  expect(failed.records.length).toBeGreaterThanOrEqual(20);
  expect(failed.records.some(({ id }) => id === 'row-20')).toBe(false);
  expect(failed.environment.sessions[0]?.state).toBe('failed');
  const calls: string[] = [];
  const second = await run({ onAnswer: (ids) => calls.push(...ids) }, { unitSize: 4 });
  expect(calls.length).toBe(ROWS - failed.records.length);
  expect(await recordsOf(second.folder)).toEqual(reference);
});

it('keeps an unanswered question as an unscored record', async () => {
  const { summary, folder: path } = await run({ unanswered: (id) => id === 'row-3' });
  expect(summary.unscored).toEqual({ 'context-overflow': 1 });
  expect(summary.metrics.acc).toMatchObject({ n: ROWS - 1, unscored: 1, method: 'mean, Wilson' });
  expect((await readRun(path)).records[3]?.score).toMatchObject({ kind: 'unscored', code: 'context-overflow' });
});

it('counts time, items and forward passes of each session, and nothing of it in the records', async () => {
  let seconds = 100;
  const clock = { now: () => '2026-01-01T00:00:00.000Z', seconds: () => seconds++ };
  const stopped = new AbortController();
  const onProgress = ({ done }: RunProgress) => {
    if (done >= 8) stopped.abort();
  };
  await run({}, { clock, unitSize: 8, concurrency: 1, signal: stopped.signal, onProgress });
  const last = await run({}, { clock, unitSize: 8, concurrency: 1 });
  const { environment, summary } = await readRun(last.folder);
  expect(environment.sessions.map(({ items, state }) => [items, state])).toEqual([
    [8, 'interrupted'],
    [32, 'completed'],
  ]);
  expect(environment.sessions.reduce((total, { nfe }) => total + nfe, 0)).toBe(summary.nfe);
  expect(totalSeconds(environment)).toBe(1 + 4); // one tick of the clock a unit
  expect(await recordsOf(last.folder)).toEqual(reference);
});

it('warns when an item gives another record the second time, and keeps the stored one', async () => {
  const stored = reference.subarray(0, reference.indexOf('\n') + 1).toString();
  const forged = stored
    .replace(/^.*?"record":/, '')
    .slice(0, -2)
    .replace('"gold":0', '"gold":1');
  const { crc32 } = await import('node:zlib');
  const crc = crc32(forged).toString(16).padStart(8, '0');
  await writeFile(join(folder, 'records.jsonl'), `{"crc":"${crc}","record":${forged}}\n`);
  const { warnings, newItems } = await run({}, {}, 'reference');
  expect(newItems).toBe(ROWS - 1);
  expect(warnings).toMatchObject([{ code: 'not-reproduced', exampleIds: ['row-0'] }]);
  expect((await recordsOf(folder)).toString()).toContain(forged);
});

it('recovers the same bytes from a file cut at any place', async () => {
  const cuts = fc.integer({ min: 0, max: reference.length });
  await fc.assert(
    fc.asyncProperty(cuts, async (cut) => {
      await writeFile(join(folder, 'records.jsonl'), reference.subarray(0, cut));
      const { warnings } = await run({}, {}, 'reference');
      const clean = cut === 0 || reference[cut - 1] === 0x0a;
      expect(warnings.map(({ code }) => code)).toEqual(clean ? [] : ['damaged-records']);
      expect(await recordsOf(folder)).toEqual(reference);
    }),
    { numRuns: 30, seed: 1 },
  );
});

it('recovers the same bytes after any flipped bit, and loses nothing of the damaged file', async () => {
  const flips = fc.record({ at: fc.nat(reference.length - 1), bit: fc.nat(7) });
  await fc.assert(
    fc.asyncProperty(flips, async ({ at, bit }) => {
      const damaged = Buffer.from(reference);
      damaged[at] = (damaged[at] as number) ^ (1 << bit);
      await writeFile(join(folder, 'records.jsonl'), damaged);
      const { warnings } = await run({}, {}, 'reference');
      const message = warnings[0]?.message ?? '';
      const [, line, aside] = /line (\d+): .* to (records\.damaged-\d+\.jsonl)/.exec(message) ?? [];
      expect(Number(line)).toBe(reference.subarray(0, at).toString('latin1').split('\n').length);
      const good = reference.subarray(0, damaged.length - (await readFile(join(folder, aside as string))).length);
      expect(Buffer.concat([good, await readFile(join(folder, aside as string))])).toEqual(damaged);
      expect(await recordsOf(folder)).toEqual(reference);
    }),
    { numRuns: 30, seed: 2 },
  );
});

it('sets aside records of items that are not part of the run', async () => {
  const foreign = await run({ rows: ROWS + 1 });
  const last = (await recordsOf(foreign.folder)).toString().trimEnd().split('\n').at(-1) as string;
  await appendFile(join(folder, 'records.jsonl'), `${last}\n`);
  const { warnings } = await run({}, {}, 'reference');
  expect(warnings[0]?.message).toBe(
    `records.jsonl, line ${ROWS + 1}: item row-${ROWS} is not part of this run; moved 1 line(s) to records.damaged-1.jsonl to compute them again`,
  );
});

it('refuses a manifest of another model', async () => {
  const inputs = scriptedRun({ rows: 2 });
  const manifest = { ...inputs.manifest, model: { ...inputs.manifest.model, dtype: 'float16' } };
  await expect(executeRun({ ...inputs, manifest, out })).rejects.toThrow("the manifest's model is not scripted");
});

it.each([
  ['in the middle', 10],
  ['behind the last unit', ROWS],
])('fails in a sentence where its records are deleted %s', async (_, after) => {
  let answered = 0;
  const onProgress = ({ done }: RunProgress) => {
    answered = done;
    const [name] = readdirSync(join(out, 'runs'));
    if (done >= after) rmSync(join(out, 'runs', name as string, 'records.jsonl'), { force: true });
  };
  const deleting = run({}, { unitSize: 5, concurrency: 1, onProgress });
  await expect(deleting).rejects.toMatchObject({
    code: 'store-corrupt',
    message: expect.stringMatching(/records\.jsonl: expected the file that is being written, but it was deleted$/),
  });
  expect(answered).toBeGreaterThanOrEqual(after);
});
