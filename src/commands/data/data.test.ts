import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ALL_TASKS } from '../../../tasks/index.ts';
import { loadSource } from '../../datasets/load-source.ts';
import { loadTask } from '../../datasets/load-task.ts';
import { lockedSource } from '../../datasets/lock.ts';
import { dataList, dataPull } from './data.ts';
import { dataVerify } from './verify.ts';

const shared = fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const skipped = existsSync(shared) ? '' : ' (skipped: no data folder beside the repository)';

beforeEach(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  vi.stubEnv('BENCH_CACHE_DIR', await mkdtemp(join(tmpdir(), 'bench-cache-')));
});
afterEach(() => vi.unstubAllEnvs());

const emptyFolder = () => mkdtemp(join(tmpdir(), 'bench-data-'));

it('lists every source with licence, rows and where its files are', async () => {
  const dataDir = await emptyFolder();
  await mkdir(join(dataDir, 'piqa'));
  await writeFile(join(dataDir, 'piqa/valid.jsonl'), '');
  const { document, text, exitCode } = await dataList({ names: ['piqa', 'siqa'], dataDir });
  expect(document.map(({ source, present }) => [source, present])).toEqual([
    ['piqa/jsonl', false],
    ['siqa/jsonl', false],
  ]);
  expect(document[0]?.files.map(({ path }) => path)).toEqual([join(dataDir, 'piqa/valid.jsonl'), null]);
  expect(text).toMatch(/piqa\/jsonl +missing +1838 +AFL-3.0/);
  expect(text).toContain(`\nTo download: bench data pull piqa/jsonl siqa/jsonl --data-dir ${dataDir}\n`);
  expect(exitCode).toBe(0);
  await expect(dataList({ names: ['piqua'], dataDir })).rejects.toMatchObject({ code: 'unknown-name' });
});

describe('verify', () => {
  it('passes over absent sources, but fails when one was named or a file is not the locked one', async () => {
    const dataDir = await emptyFolder();
    expect((await dataVerify({ names: [], dataDir: null })).exitCode).toBe(0);
    expect((await dataVerify({ names: ['piqa'], dataDir })).exitCode).toBe(1);
    vi.stubEnv('BENCH_DATA_DIR', dataDir);
    await mkdir(join(dataDir, 'piqa'));
    await writeFile(join(dataDir, 'piqa/valid.jsonl'), 'other');
    const { document, exitCode } = await dataVerify({ names: [], dataDir: null });
    expect(exitCode).toBe(1);
    expect(document.find(({ source }) => source === 'piqa/jsonl')).toMatchObject({
      state: 'wrong',
      problem: expect.stringMatching(/expected content with SHA-256 93503cc9.*, found /),
    });
  });

  it('fails where a folder was named in which data sets are missing, and says which', async () => {
    const dataDir = await emptyFolder();
    const { text, exitCode } = await dataVerify({ names: [], dataDir });
    expect(exitCode).toBe(1);
    expect(text).toMatch(
      /\nNot here whole: lambada, .*piqa, .*, --data-dir \S+; to expect fewer, name those that should be there\n$/,
    );
    expect(text).not.toMatch(/Not here whole: .*countdown-mini/);
    expect((await dataVerify({ names: ['countdown-mini'], dataDir })).exitCode).toBe(0);
  });

  it('makes rows that are made again, and holds them against their digest', async () => {
    const { document } = await dataVerify({ names: ['countdown-mini', 'stories-cloze'], dataDir: await emptyFolder() });
    expect(document.map(({ source, state, rows }) => [source, state, rows])).toEqual([
      ['countdown-mini/made', 'ok', 250],
      ['stories-cloze/made', 'ok', 500],
    ]);
    const other = { name: 'stories-cloze/made', variant: null, read: async () => Array.from({ length: 500 }, () => 0) };
    await expect(loadSource([other], { dataDir: null })).rejects.toMatchObject({
      code: 'bad-dataset',
      message: expect.stringMatching(/^stories-cloze\/made: expected made rows with SHA-256 \w+, found \w+$/),
    });
  });

  it.skipIf(skipped !== '')(`recounts rows and labels of the real files${skipped}`, async () => {
    const { document, text, exitCode } = await dataVerify({ names: ['siqa', 'hellaswag'], dataDir: shared });
    expect(document.map(({ source, state, rows, labels }) => [source, state, rows, labels])).toEqual([
      ['siqa/jsonl', 'ok', 1954, { 0: 643, 1: 654, 2: 657 }],
      ['hellaswag/jsonl', 'missing', null, null],
      ['hellaswag/parquet', 'missing', null, null],
      ['hellaswag/text', 'ok', 10042, { 0: 2515, 1: 2485, 2: 2584, 3: 2458 }],
    ]);
    expect(text).toMatch(/siqa\/jsonl +ok +1954 +643\/654\/657/);
    expect(exitCode).toBe(0);
  });

  it('the lock has labels of the sources whose task lets choose, and of no other', async () => {
    for (const task of ALL_TASKS) {
      const { rows } = await loadTask(task, { dataDir: null, allowFixtures: true, onlyFixtures: true });
      const kind = task.protocols.canonical?.question(rows[0]).kind;
      for (const { name } of task.sources) {
        expect([name, lockedSource(name).labels !== null]).toEqual([name, kind === 'choose']);
      }
    }
  });

  it.skipIf(skipped !== '')(`every source that is here whole is ok${skipped}`, async () => {
    const { document } = await dataVerify({ names: [], dataDir: shared });
    expect(document.filter(({ state }) => state === 'wrong')).toEqual([]);
    expect(document.find(({ source }) => source === 'sat-math/jsonl')).toMatchObject({
      ...{ state: 'ok', rows: 220, labels: null, problem: null },
    });
  });

  it.skipIf(skipped !== '')(`recounts the rows of data that no task reads${skipped}`, async () => {
    const { document } = await dataVerify({
      names: ['countdown-3', 'countdown-d1', 'gsm8k', 'gsm8k-natural'],
      dataDir: shared,
    });
    expect(document.map(({ source, state, rows, labels }) => [source, state, rows, labels])).toEqual([
      ['countdown-3/jsonl', 'ok', 1000, null],
      ['countdown-d1/jsonl', 'ok', 256, null],
      ['gsm8k/symbolic', 'ok', 1319, null],
      ['gsm8k-natural/jsonl', 'ok', 1319, null],
    ]);
  });
});

describe('pull', () => {
  it('needs names, and gives one clear sentence without a network', async () => {
    const dataDir = await emptyFolder();
    await expect(dataPull({ names: [], dataDir })).rejects.toMatchObject({ code: 'bad-arguments' });
    const offline: typeof fetch = async () => {
      throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND example.org') });
    };
    for (const names of [['piqa'], ['hellaswag/parquet']]) {
      await expect(dataPull({ names, dataDir, fetch: offline })).rejects.toMatchObject({
        code: 'missing-dataset',
        message: expect.stringMatching(/^could not download https:\/\/\S+ \(getaddrinfo ENOTFOUND example.org\)$/),
        hint: expect.stringContaining(dataDir),
      });
    }
    expect(await readdir(dataDir)).toEqual([]);
  });

  it.skipIf(skipped !== '')(`fetches the files of a task and reports the ones in place${skipped}`, async () => {
    const dataDir = await emptyFolder();
    await cp(join(shared, 'piqa/valid.jsonl'), join(dataDir, 'piqa/valid.jsonl'));
    const served = await readFile(join(shared, 'piqa/valid-labels.lst'));
    const fetch = vi.fn<typeof globalThis.fetch>(async () => new Response(new Uint8Array(served)));
    const { document, exitCode } = await dataPull({ names: ['piqa'], dataDir, fetch });
    expect(document).toEqual([
      {
        source: 'piqa/jsonl',
        files: [
          { path: join(dataDir, 'piqa/valid.jsonl'), state: 'present' },
          { path: join(dataDir, 'piqa/valid-labels.lst'), state: 'fetched' },
        ],
      },
    ]);
    expect(exitCode).toBe(0);
    expect((await dataVerify({ names: ['piqa'], dataDir })).exitCode).toBe(0);
  });
});
