/** Runs over some of the items: which they are is a part of the run, and each is asked as in the whole. */
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { VERBS } from '../../src/cli.ts';
import { execute } from '../../src/commands/shell/command-line.ts';
import { HarnessError } from '../../src/core/errors.ts';
import { recordingIo } from './recording-io.ts';

let out: string;
beforeEach(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  out = await mkdtemp(join(tmpdir(), 'bench-subsets-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(out, { recursive: true });
});

async function bench(name: string, names: readonly string[], flags: Readonly<Record<string, unknown>>) {
  const verb = VERBS.find((each) => each.name === name);
  if (verb === undefined) throw new Error(`no verb ${name}`);
  const io = recordingIo();
  const code = await execute(verb, names, flags, io);
  return { code, stdout: io.written.stdout };
}

async function stored(flags: Readonly<Record<string, unknown>>) {
  const given = { models: 'random-gpt2', tasks: 'piqa', fixtures: true, out, json: true, ...flags };
  const { path, status } = JSON.parse((await bench('run', [], given)).stdout).runs[0];
  const lines = readFileSync(join(path, 'records.jsonl'), 'utf8').trimEnd().split('\n');
  const records: readonly { id: string; index: number }[] = lines.map((line) => JSON.parse(line).record);
  return { path, status, records, manifest: JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) };
}

const idsOf = ({ records }: { records: readonly { id: string }[] }) => records.map(({ id }) => id);

it('leaves the first rows out, draws rows, takes rows by id; each item is asked as in the whole', async () => {
  const whole = await stored({});
  const file = join(out, '..', `${out.split('/').at(-1)}.ids`);
  writeFileSync(file, 'piqa/7\n\npiqa/2\npiqa/7\n');
  const offset = await stored({ offset: '3', limit: '4' });
  const sample = await stored({ sample: '4', seed: '5' });
  const named = await stored({ items: file });
  await rm(file);
  expect(idsOf(offset)).toEqual(['piqa/3', 'piqa/4', 'piqa/5', 'piqa/6']);
  expect(offset.manifest).toMatchObject({ limit: 4, subset: { kind: 'offset', offset: 3 } });
  expect(sample.manifest).toMatchObject({ limit: null, subset: { kind: 'sample', size: 4, seed: 5 } });
  expect(idsOf(named)).toEqual(['piqa/2', 'piqa/7']);
  for (const part of [offset, sample, named]) {
    expect(part.status).toBe('completed');
    for (const record of part.records) expect(whole.records).toContainEqual(record);
  }
  expect(new Set([whole, offset, sample, named].map(({ path }) => path)).size).toBe(4);
  expect(whole.manifest).not.toHaveProperty('subset');
});

it('takes the items of another run, and a report repeats named items by the run that holds them', async () => {
  const file = join(out, 'ids');
  writeFileSync(file, 'piqa/7\npiqa/2\npiqa/4\n');
  const named = await stored({ items: file });
  const cut = await stored({ items: file, limit: '2' });
  expect((await stored({ items: named.path })).path).toBe(named.path);
  await bench('report', [], { runs: out, format: 'json', out: join(out, 'report.json') });
  const { provenance }: { provenance: readonly { path: string; command: string; commandNotes: string[] }[] } =
    JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'));
  const of = (path: string) => provenance.find((row) => row.path === path);
  expect(of(named.path)?.command).toContain(` --items ${named.path} `);
  const words = (of(named.path)?.command ?? '').split(' ').slice(2);
  const flags = Object.fromEntries(
    words.flatMap((word, i) => {
      if (!word.startsWith('--')) return [];
      const value = words[i + 1];
      return [[word.slice(2), value === undefined || value.startsWith('--') ? true : value]];
    }),
  );
  expect((await stored({ ...flags, out })).path).toBe(named.path);
  expect(of(cut.path)?.command).toContain(' --limit 2 --items IDS ');
  expect(of(cut.path)?.commandNotes[0]).toMatch(/^IDS is a file with the 3 ids .*; the run holds 2 of them$/);
});

it('repeats a run of a model with a given name from the folder that was opened', async () => {
  await stored({ models: 'mine=models/random-gpt2' });
  await bench('report', [], { runs: out, format: 'json', out: join(out, 'report.json') });
  const [row] = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')).provenance;
  expect(row.command).toContain('--models mine=models/random-gpt2 --tasks piqa');
  expect(row.commandNotes).toEqual(['the model is a folder: the same weights must lie there (compare the digest)']);
});

it('draws the same rows for every model, others for another seed, and all where all are asked for', async () => {
  const first = await stored({ sample: '4' });
  const other = await stored({ sample: '4', models: 'random-diffugpt', passes: '9' });
  expect(idsOf(other)).toEqual(idsOf(first));
  expect((await stored({ sample: '4' })).path).toBe(first.path);
  const seeds = await Promise.all(['1', '2', '3'].map((seed) => stored({ sample: '4', seed })));
  expect(new Set(seeds.map((run) => idsOf(run).join())).size).toBeGreaterThan(1);
  expect((await stored({ sample: '9' })).manifest).not.toHaveProperty('subset');
  expect((await stored({ offset: '0' })).manifest).not.toHaveProperty('subset');
});

it('draws examples in front as in the whole', async () => {
  const shots = { protocol: 'lm-eval', shots: '2' };
  const whole = await stored(shots);
  const part = await stored({ ...shots, offset: '4' });
  expect(part.records).toEqual(whole.records.slice(4));
});

it('pairs by id, replays, and is told apart in lists', async () => {
  const sample = await stored({ sample: '4', seed: '5' });
  const whole = await stored({});
  const document = JSON.parse((await bench('compare', [whole.path, sample.path], { json: true })).stdout);
  expect(document.rows[0]).toMatchObject({ difference: { n: 4, value: 0 }, onlyReference: 5, onlyCandidate: 0 });
  const replayed = JSON.parse((await bench('replay', [sample.path], { json: true })).stdout);
  expect(replayed).toMatchObject({ verdict: 'identical', compared: 4 });
  expect((await bench('list', ['runs'], { runs: out })).stdout).toContain('sample of 4, seed 5');
});

it('refuses what leaves no row, and ids that no row has', async () => {
  const refusal = (flags: object) => stored({ ...flags }).catch((error: unknown) => error as HarnessError);
  expect(await refusal({ offset: '9' })).toMatchObject({
    message: '--offset: expected less than the 9 rows of piqa, found 9',
  });
  const file = join(out, 'ids');
  expect(await refusal({ items: file })).toMatchObject({
    message: `--items: cannot read ${file}: there is no such file or folder`,
    hint: 'check the path',
  });
  expect(await refusal({ items: tmpdir() })).toMatchObject({
    message: `--items: cannot read ${tmpdir()}: a folder stands where a file is expected`,
  });
  writeFileSync(file, 'piqa/1\npiqq/2\n');
  expect(await refusal({ items: file })).toMatchObject({ code: 'unknown-name', hint: 'did you mean piqa/2?' });
  writeFileSync(file, '\n');
  expect(await refusal({ items: file })).toBeInstanceOf(HarnessError);
});
