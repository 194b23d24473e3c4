import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { HarnessError } from '../core/errors.ts';
import type { TaskPlugin } from '../core/task.ts';
import { sha256 } from '../core/text/digest.ts';
import { loadTask } from './load-task.ts';
import { contentSha256, dataFolders, locateSource } from './locate.ts';
import { type DataLock, dataLock, parseLock, sourceNames } from './lock.ts';
import { pullSource } from './pull.ts';
import { readJsonl } from './read-jsonl.ts';
import { zipMember } from './zip-member.ts';

// Two entries, set/README (stored) and set/dev.jsonl (deflated), made with Python's zipfile.
const ARCHIVE = Buffer.from(
  'UEsDBBQAAAAAAAAAIVAFpqHlCAAAAAgAAAAKAAAAc2V0L1JFQURNRXJlYWQgbWUKUEsDBBQAAAAIAAAAIVDX1Tt2DQAAAKAAAAANAAAAc2V0L2Rldi5qc29ubKtWSlSyMqzlqh6kNABQSwECFAMUAAAAAAAAACFQBaah5QgAAAAIAAAACgAAAAAAAAAAAAAAgAEAAAAAc2V0L1JFQURNRVBLAQIUAxQAAAAIAAAAIVDX1Tt2DQAAAKAAAAANAAAAAAAAAAAAAACAATAAAABzZXQvZGV2Lmpzb25sUEsFBgAAAAACAAIAcwAAAGgAAAAAAA==',
  'base64',
);
const CONTENT = '{"a":1}\n'.repeat(20);

function lockOf(files: DataLock['sources'][string]['files']): DataLock {
  const source = { files, rows: 20, labels: null, licence: 'none', origin: 'example.org, by hand', verified: [] };
  return { format: 'bench-data-lock/1', sources: { 'toy/jsonl': source } };
}
const dev = {
  name: 'toy/dev.jsonl',
  sha256: sha256(CONTENT),
  bytes: CONTENT.length,
  rows: 20,
  url: 'https://example.org/set.zip',
  member: 'set/dev.jsonl',
};
const lock = lockOf([dev]);
const answering = (body: Buffer | string, status = 200) =>
  vi.fn<typeof fetch>(async () => new Response(typeof body === 'string' ? body : new Uint8Array(body), { status }));

const emptyFolder = () => mkdtemp(join(tmpdir(), 'bench-data-'));

afterEach(() => vi.unstubAllEnvs());

async function isolated(): Promise<string> {
  vi.stubEnv('BENCH_DATA_DIR', '');
  vi.stubEnv('BENCH_CACHE_DIR', await emptyFolder());
  return emptyFolder();
}

describe('zipMember', () => {
  it('reads stored and deflated entries and names what is there instead', () => {
    expect(zipMember(ARCHIVE, 'set/README').toString()).toBe('read me\n');
    expect(zipMember(ARCHIVE, 'set/dev.jsonl').toString()).toBe(CONTENT);
    expect(() => zipMember(ARCHIVE, 'set/none')).toThrow(
      /expected set\/none in the zip archive, found set\/README, set\/dev/,
    );
    expect(() => zipMember(Buffer.from('<html>'), 'set/none')).toThrow(/expected a zip archive/);
  });
});

describe('a damaged zip archive', () => {
  const read = (bytes: Buffer): string => {
    try {
      return zipMember(bytes, 'set/dev.jsonl').toString();
    } catch (error) {
      if (error instanceof HarnessError && error.code === 'bad-dataset') return 'refused';
      throw error;
    }
  };

  it('gives what was packed or is refused, whichever bytes are changed or cut off', () => {
    for (let at = 0; at < ARCHIVE.length; at++) {
      expect(['refused', CONTENT]).toContain(read(ARCHIVE.subarray(0, at)));
      for (const value of [0, 1, 0x7f, 0xff, (ARCHIVE[at] as number) ^ 1]) {
        const changed = Buffer.from(ARCHIVE);
        changed[at] = value;
        expect(['refused', CONTENT]).toContain(read(changed));
      }
    }
  });
});

describe('pullSource', () => {
  it('unpacks what is published as gzip', async () => {
    const dataDir = await isolated();
    const { member: _member, ...plain } = { ...dev, url: 'https://example.org/dev.jsonl.gz' };
    await pullSource('toy/jsonl', { dataDir, lock: lockOf([plain]), fetch: answering(gzipSync(CONTENT)) });
    expect(await readFile(join(dataDir, 'toy/dev.jsonl'), 'utf8')).toBe(CONTENT);
  });

  it('fetches, unpacks, verifies and puts in place; a second pull fetches nothing', async () => {
    const dataDir = await isolated();
    const fetch = answering(ARCHIVE);
    const received: number[] = [];
    const options = {
      dataDir,
      lock,
      fetch,
      onProgress: (progress: { received: number }) => received.push(progress.received),
    };
    expect((await pullSource('toy/jsonl', options)).map(({ state }) => state)).toEqual(['fetched']);
    expect(await readFile(join(dataDir, 'toy/dev.jsonl'), 'utf8')).toBe(CONTENT);
    expect(received.at(-1)).toBe(ARCHIVE.length);
    expect((await pullSource('toy/jsonl', options)).map(({ state }) => state)).toEqual(['present']);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('writes nothing when the server sends other content', async () => {
    const dataDir = await isolated();
    const plain = lockOf([{ ...dev, url: 'https://example.org/dev.jsonl', member: undefined }]);
    const pull = pullSource('toy/jsonl', { dataDir, lock: plain, fetch: answering('<html>moved</html>') });
    await expect(pull).rejects.toMatchObject({
      code: 'bad-dataset',
      message: expect.stringMatching(/nothing was written/),
    });
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('says in one sentence what to do without a network, and when only a person can get the file', async () => {
    const dataDir = await isolated();
    const offline = vi.fn<typeof fetch>(async () => {
      throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND example.org') });
    });
    await expect(pullSource('toy/jsonl', { dataDir, lock, fetch: offline })).rejects.toMatchObject({
      code: 'missing-dataset',
      message:
        'could not download https://example.org/set.zip (member set/dev.jsonl) (getaddrinfo ENOTFOUND example.org)',
      hint: `fetch it on a machine with a network and put it at ${join(dataDir, 'toy/dev.jsonl')}`,
    });
    const byHand = pullSource('toy/jsonl', { dataDir, lock: lockOf([{ ...dev, url: null }]) });
    await expect(byHand).rejects.toMatchObject({ hint: expect.stringMatching(/^get it by hand: example.org/) });
    await expect(pullSource('toy/jsonl', { dataDir, lock, fetch: answering('', 404) })).rejects.toThrow(/HTTP 404/);
  });
});

describe('locateSource', () => {
  it('searches the named folder, BENCH_DATA_DIR and the cache, in that order', async () => {
    const dataDir = await isolated();
    const other = await emptyFolder();
    vi.stubEnv('BENCH_DATA_DIR', other);
    vi.stubEnv('BENCH_CACHE_DIR', '/cache');
    expect(dataFolders(dataDir)).toEqual([dataDir, other, '/cache/data']);
    await mkdir(join(other, 'toy'));
    await writeFile(join(other, 'toy/dev.jsonl.gz'), gzipSync(CONTENT));
    const located = await locateSource('toy/jsonl', { dataDir, lock });
    expect(located.path('toy/dev.jsonl')).toBe(join(other, 'toy/dev.jsonl.gz'));
  });

  it('names expected and found hash of a wrong file, and trusts a mended one', async () => {
    const dataDir = await isolated();
    await mkdir(join(dataDir, 'toy'));
    const path = join(dataDir, 'toy/dev.jsonl');
    await writeFile(path, '{"a":2}\n');
    await expect(locateSource('toy/jsonl', { dataDir, lock })).rejects.toMatchObject({
      code: 'bad-dataset',
      message: `${path}: expected content with SHA-256 ${dev.sha256}, found ${sha256('{"a":2}\n')}`,
    });
    await writeFile(path, CONTENT);
    expect(await contentSha256(path)).toBe(dev.sha256);
    expect((await locateSource('toy/jsonl', { dataDir, lock })).path('toy/dev.jsonl')).toBe(path);
  });

  it('says where a missing file comes from, where to put it and which command gets it', async () => {
    const dataDir = await isolated();
    const { hint } = await locateSource('toy/jsonl', { dataDir, lock }).then(
      () => ({ hint: '' }),
      (error: { hint: string }) => error,
    );
    expect(hint).toMatch(/^bench data pull toy\/jsonl, or put the file from https:\/\/example.org\/set.zip at /);
    expect(hint).toContain(join(dataDir, 'toy/dev.jsonl'));
  });
});

describe('loadTask', () => {
  const rowSchema = z.object({ a: z.number() });
  const task: TaskPlugin<{ a: number }> = {
    name: 'toy',
    version: 1,
    description: '',
    chance: null,
    rowSchema,
    sources: [{ name: 'toy/jsonl', variant: 'toy', read: (path) => readJsonl(path('toy/dev.jsonl'), rowSchema) }],
    fixture: 'piqa.jsonl',
    protocols: {},
    id: (_row, index) => `toy/${index}`,
    score: () => ({ kind: 'unscored', code: 'bad-request', reason: '' }),
  };

  it('gives the first rows, and a digest of all rows that the limit does not change', async () => {
    const dataDir = await isolated();
    await pullSource('toy/jsonl', { dataDir, lock, fetch: answering(ARCHIVE) });
    const few = await loadTask(task, { dataDir, lock, limit: 3, allowFixtures: false });
    expect(few).toMatchObject({ source: 'toy/jsonl', variant: 'toy', available: 20, usedFixtures: false });
    expect(few.rows).toHaveLength(3);
    expect(few.digest).toBe((await loadTask(task, { dataDir, lock, allowFixtures: false })).digest);
  });

  it('never falls back to the fixture silently: not allowed, wrong content, half a data set', async () => {
    const dataDir = await isolated();
    await expect(loadTask(task, { dataDir, lock, allowFixtures: false })).rejects.toMatchObject({
      code: 'missing-dataset',
    });
    await mkdir(join(dataDir, 'toy'));
    await writeFile(join(dataDir, 'toy/dev.jsonl'), 'other');
    await expect(loadTask(task, { dataDir, lock, allowFixtures: true })).rejects.toMatchObject({ code: 'bad-dataset' });
    const two = lockOf([{ ...dev, name: 'toy/labels.lst' }, dev]);
    await expect(loadTask(task, { dataDir, lock: two, allowFixtures: true })).rejects.toMatchObject({
      code: 'missing-dataset',
    });
  });

  it('refuses a file whose rows are not as many as locked', async () => {
    const dataDir = await isolated();
    await pullSource('toy/jsonl', { dataDir, lock, fetch: answering(ARCHIVE) });
    const source = { ...lock.sources['toy/jsonl'], rows: 21 } as DataLock['sources'][string];
    const wrong: DataLock = { ...lock, sources: { 'toy/jsonl': source } };
    await expect(loadTask(task, { dataDir, lock: wrong, allowFixtures: false })).rejects.toThrow(
      /expected 21 rows, found 20/,
    );
  });
});

it('the lock parses, and unknown names and fields are refused', () => {
  expect(Object.keys(dataLock().sources)).toContain('piqa/jsonl');
  expect(sourceNames('lambada')).toEqual(['lambada/plain-text']);
  expect(sourceNames('hellaswag/text')).toEqual(['hellaswag/text']);
  expect(() => sourceNames('piqua')).toThrow(/unknown data set "piqua"/);
  expect(() => parseLock('{"format":"bench-data-lock/1","sources":{},"more":1}')).toThrow(/more/);
});
