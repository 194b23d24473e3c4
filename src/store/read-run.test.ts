import { appendFile, cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunManifest } from '../core/manifest.ts';
import type { ItemRecord } from '../core/record.ts';
import { sha256 } from '../core/text/digest.ts';
import type { ClusterFacts } from './cluster-names.ts';
import type { Session } from './environment.ts';
import { listRuns, readRun } from './read-run.ts';
import { runFolder, runFoldersIn, runId } from './run-folder.ts';
import { openRun } from './run-writer.ts';

const manifest: RunManifest = {
  format: 'bench-run/1',
  task: { name: 'piqa', version: 2 },
  dataset: { source: 'piqa/jsonl', digest: 'd', rows: 3, variant: null },
  limit: null,
  model: {
    name: '/models/my model/',
    family: 'autoregressive',
    architecture: 'gpt2',
    parameters: 10,
    weightsDigest: 'w',
    tokenizerDigest: 't',
    vocabularyRows: 5,
    contextLength: 8,
    maskId: null,
    bosId: null,
    engine: 'reference',
    dtype: 'float64',
  },
  settings: {
    protocol: 'olmes',
    estimator: 'scripted/1',
    seed: 0,
    steps: [],
    passes: 1,
    draws: 1,
    openFraction: 0,
    shift: true,
  },
};

const record = (index: number): ItemRecord => ({
  id: `row-${index}`,
  index,
  score: { kind: 'scored', values: { acc: index % 2 }, answer: 0, gold: 0, undecided: index === 1 },
  response: { kind: 'answered', views: {}, nfe: 2 },
});
const planned = [0, 1, 2].map(record);

const session: Session = {
  started: '2026-01-01T00:00:00.000Z',
  seconds: 2,
  items: 3,
  nfe: 6,
  peakMemoryBytes: 1,
  state: 'completed',
  machine: {
    node: 'v20',
    bench: '0',
    gitRevision: null,
    platform: 'p',
    host: 'h',
    cpu: 'c',
    cores: 1,
    memoryBytes: 1,
    engines: {},
  },
  warnings: [],
};

let out: string;
let folder: string;

beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'bench-store-'));
  const writer = await openRun(out, manifest, planned);
  folder = writer.folder;
  await writer.append([record(2)]);
  await writer.append([record(0), record(1)]);
  await writer.writeSession(session);
  await writer.seal();
  await writer.close();
});
afterEach(() => rm(out, { recursive: true }));

it('names the folder by model, task, protocol and the digest of the manifest', () => {
  expect(basename(folder)).toBe(`my-model-piqa-olmes-${runId(manifest).slice(0, 12)}`);
  expect(basename(runFolder(out, { ...manifest, limit: 2 }))).not.toBe(basename(folder));
});

it('writes a manifest whose SHA-256 is the run id', async () => {
  expect(sha256(await readFile(join(folder, 'manifest.json')))).toBe(runId(manifest));
});

it('reads back what was written, in the order of the data set', async () => {
  const run = await readRun(folder);
  expect(run.manifest).toEqual(manifest);
  expect(run.records).toEqual(planned);
  expect(run.environment.sessions).toEqual([session]);
  expect(run.warnings).toEqual([]);
  expect(run.summary).toMatchObject({ complete: true, items: 3, undecided: 1, nfe: 6, unscored: {} });
  expect(run.summary.metrics.acc).toMatchObject({ n: 3, value: 1 / 3 });
});

// The checksum is CRC-32 as zlib and gzip have it: python3 -c "import zlib; print('%08x' % zlib.crc32(b'...'))".
it('writes one checked JSON document a line', async () => {
  const [first] = (await readFile(join(folder, 'records.jsonl'), 'utf8')).split('\n');
  expect(first).toBe(
    '{"crc":"2b37a7cc","record":{"id":"row-0","index":0,"response":{"kind":"answered","nfe":2,"views":{}},' +
      '"score":{"answer":0,"gold":0,"kind":"scored","undecided":false,"values":{"acc":0}}}}',
  );
});

it('leaves damaged lines out with a warning, and changes nothing', async () => {
  const path = join(folder, 'records.jsonl');
  await appendFile(path, '{"crc":"00');
  const before = await readFile(path);
  const run = await readRun(folder);
  expect(run.records).toHaveLength(3);
  expect(run.warnings).toMatchObject([{ code: 'damaged-records' }]);
  expect(run.warnings[0]?.message).toContain('records.jsonl, line 4: it ends before its line does (half-written)');
  expect(await readFile(path)).toEqual(before);
});

it('needs neither summary nor environment', async () => {
  await rm(join(folder, 'summary.json'));
  await rm(join(folder, 'environment.json'));
  const run = await readRun(folder);
  expect(run.summary.complete).toBe(true);
  expect(run.environment.sessions).toEqual([]);
});

it('notices an environment file of which a digit was changed, and takes those of earlier versions as they are', async () => {
  const path = join(folder, 'environment.json');
  const written = await readFile(path, 'utf8');
  const changed = written.replace(/"seconds": (\d)/, (_, digit: string) => `"seconds": ${(Number(digit) + 1) % 10}`);
  expect(changed).not.toBe(written);
  await writeFile(path, changed);
  expect((await readRun(folder)).warnings).toMatchObject([
    { code: 'damaged-environment', message: expect.stringContaining('its content is not what its sha256 says') },
  ]);
  await writeFile(path, changed.replace(/,\s*"sha256": "\w+"/, ''));
  expect((await readRun(folder)).warnings).toEqual([]);
});

it('reads on without an environment file that is damaged, and sets it aside when the run is resumed', async () => {
  await writeFile(join(folder, 'environment.json'), '{"format":"bench-env');
  expect((await readRun(folder)).warnings).toMatchObject([{ code: 'damaged-environment' }]);
  const writer = await openRun(out, manifest, planned);
  await writer.close();
  expect(writer.warnings).toMatchObject([{ code: 'damaged-environment' }]);
  expect(await readFile(join(folder, 'environment.damaged-1.json'), 'utf8')).toBe('{"format":"bench-env');
});

it('refuses another format and names both versions', async () => {
  const path = join(folder, 'manifest.json');
  await writeFile(path, (await readFile(path, 'utf8')).replace('bench-run/1', 'bench-run/9'));
  await expect(readRun(folder)).rejects.toMatchObject({
    code: 'not-supported',
    message: `${path} has format "bench-run/9", expected "bench-run/1"`,
  });
});

it('refuses a manifest that was changed, when reading and when resuming', async () => {
  const path = join(folder, 'manifest.json');
  await writeFile(path, (await readFile(path, 'utf8')).replace('"seed":0', '"seed":7'));
  await expect(readRun(folder)).rejects.toThrow(
    /manifest\.json is damaged: its SHA-256 starts with .* folder's name says/,
  );
  await expect(openRun(out, manifest, planned)).rejects.toMatchObject({ code: 'store-corrupt' });
  await writeFile(path, '{"format":');
  await expect(readRun(folder)).rejects.toThrow('is damaged: it is not JSON');
});

it('releases the lock when opening fails', async () => {
  const path = join(folder, 'manifest.json');
  const good = await readFile(path);
  await writeFile(path, '{}');
  await expect(openRun(out, manifest, planned)).rejects.toMatchObject({ code: 'store-corrupt' });
  await writeFile(path, good);
  await (await openRun(out, manifest, planned)).close();
});

it('reads a run whose folder was given a name of its own', async () => {
  const baseline = join(out, 'baseline');
  await rename(folder, baseline);
  expect((await readRun(baseline)).runId).toBe(runId(manifest));
});

it('says where it looked when there is no run', async () => {
  await expect(readRun(join(out, 'nothing'))).rejects.toThrow(`manifest at ${join(out, 'nothing', 'manifest.json')}`);
});

it('lists runs by name, with the reason where one cannot be read', async () => {
  await cp(folder, join(out, 'a-copy'), { recursive: true });
  await cp(folder, join(out, 'broken'), { recursive: true });
  await writeFile(join(out, 'broken', 'manifest.json'), 'x');
  await rm(join(out, 'a-copy', 'records.jsonl'));
  const runs = await listRuns(out);
  expect(runs.map((run) => [run.kind, basename(run.folder)])).toEqual([
    ['run', 'a-copy'],
    ['unreadable', 'broken'],
    ['run', basename(folder)],
  ]);
  expect(runs[0]).toMatchObject({ summary: { items: 0, complete: false, metrics: {} } });
  expect(await listRuns(join(out, 'no-such-folder'))).toEqual([]);
});

it('refuses to append an item twice, or after sealing', async () => {
  const writer = await openRun(out, manifest, planned);
  await expect(writer.append([record(1)])).rejects.toThrow('item row-1 is stored already');
  await writer.seal();
  await expect(writer.append([])).rejects.toThrow('the run is sealed');
  await writer.close();
});

it('names clusters as the records say, as is known of them besides, or as asked', async () => {
  const read = async (facts?: ClusterFacts | null) => {
    const run = await readRun(folder, undefined, facts === null ? null : () => facts ?? {});
    return [run.clusters, run.records.map(({ cluster }) => cluster)];
  };
  const none = Array(3).fill(undefined);
  expect(await read()).toEqual(['independent', none]);
  expect(await read({ standAlone: true })).toEqual(['alone', none]);
  expect(await read({ choice: /\d/ })).toEqual(['pattern', ['0', '1', '2']]);
  const rows = new Map(planned.map(({ id, index }) => [id, index < 2 ? 'a' : 'b']));
  expect(await read({ rows: async () => rows })).toEqual(['rows', ['a', 'a', 'b']]);

  const other = { ...manifest, limit: 2 };
  const writer = await openRun(out, other, planned.slice(0, 2));
  await writer.append(planned.slice(0, 2).map((each) => ({ ...each, cluster: 'x' })));
  await writer.close();
  folder = writer.folder;
  expect(await read()).toEqual(['stored', ['x', 'x']]);
  expect(await read({ choice: 'none' })).toEqual(['none', [undefined, undefined]]);
  expect(await read(null)).toEqual(['stored', ['x', 'x']]);
});

it('follows links to runs, lists one that is there twice once, and leaves out links that lead nowhere', async () => {
  const elsewhere = join(out, 'elsewhere');
  await rename(folder, elsewhere);
  const linked = join(out, 'runs', basename(folder));
  await mkdir(join(out, 'runs'));
  await symlink(elsewhere, linked);
  await symlink(join(out, 'nowhere'), join(out, 'runs', 'broken'));
  await symlink('circle', join(out, 'runs', 'circle'));
  expect((await listRuns(join(out, 'runs'))).map((run) => [run.kind, run.folder])).toEqual([['run', linked]]);
  await symlink(elsewhere, join(out, 'another-name'));
  expect(await runFoldersIn(out)).toEqual([elsewhere]);
});

it('lists a run of which a file cannot be read, and says which', async () => {
  const broken = join(out, 'broken');
  await cp(folder, broken, { recursive: true });
  await rm(join(broken, 'records.jsonl'));
  await mkdir(join(broken, 'records.jsonl'));
  const [first, second] = await listRuns(out);
  expect([first?.kind, second?.kind]).toEqual(['unreadable', 'run']);
  expect(first).toMatchObject({
    error: { message: `cannot read ${join(broken, 'records.jsonl')}: a folder stands where a file is expected` },
  });
});

it('takes a share that is none for damage', async () => {
  const { recordLine } = await import('./records/record-file.ts');
  const path = join(folder, 'records.jsonl');
  const lines = (await readFile(path, 'utf8')).split('\n');
  const forged = {
    ...record(1),
    score: { ...record(1).score, values: { acc: 2 ** 53, nelbo: 2 ** 53 } },
  } as ItemRecord;
  await writeFile(path, [lines[0], recordLine(forged).trimEnd(), ...lines.slice(2)].join('\n'));
  const { records, warnings } = await readRun(folder);
  expect(records).toEqual([record(0)]);
  expect(warnings[0]?.message).toContain('line 2: it is not a record (acc is 9007199254740992, expected 0 to 1)');
});
