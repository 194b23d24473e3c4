import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LoopbackHub, startHub } from '../../../test/hub/loopback-hub.ts';
import { openDraft } from '../../files/draft.ts';
import { settled } from '../shell/command-line.ts';
import type { CommandIo } from '../shell/io.ts';
import { verb } from './models.ts';

let hub: LoopbackHub;
let cache = '';
beforeAll(async () => {
  hub = await startHub({ 'config.json': Buffer.from('{}'), 'model.safetensors': Buffer.alloc(2_000_000) });
});
afterAll(() => hub.close());
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'models-verb-'));
  vi.stubEnv('HF_ENDPOINT', hub.endpoint);
  vi.stubEnv('HF_HUB_CACHE', cache);
  vi.stubEnv('HF_HUB_OFFLINE', '');
  vi.stubEnv('HF_TOKEN', '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true });
});

/** What `bench models …` prints, and its exit code. */
async function models(names: readonly string[], flags = {}) {
  const printed = { stdout: '', stderr: '' };
  const io: CommandIo = {
    stdout: (text) => (printed.stdout += text),
    stderr: (text) => (printed.stderr += text),
    isTerminal: false,
    columns: 120,
    signal: new AbortController().signal,
    now: () => 0,
  };
  const exitCode = await verb.run(await settled(verb, flags, names), io);
  return { ...printed, exitCode };
}

describe('models pull', () => {
  it('says what it fetches before, what is here after, and what to type next', async () => {
    const { stdout, stderr, exitCode } = await models(['pull', 'owner/name']);
    expect(stderr).toBe('owner/name: owner/name at 0123456789ab, 2 files, 2.00 MB\n');
    expect(stdout).toMatch(/owner\/name +fetched +2\.00 MB +\S+\/snapshots\/0123456789abcdef\S+\/model\.safetensors/);
    expect(stdout).toContain('Next: bench run --models owner/name\n');
    expect(exitCode).toBe(0);
  });

  it('refuses names that lead nowhere, before it asks the hub', async () => {
    const before = hub.requests.length;
    await expect(models(['pull', 'owner/name', 'gpt9'])).rejects.toMatchObject({
      message: 'expected a name of the catalog or owner/name[@revision], found gpt9',
    });
    await expect(models(['pull', 'tiny-gpt2'])).rejects.toThrow('tiny-gpt2 is part of this project');
    await expect(models(['pull'])).rejects.toMatchObject({ hint: expect.stringContaining('bench models pull gpt2-m') });
    expect(hub.requests.length).toBe(before);
  });
});

describe('models verify', () => {
  it('checks what is here, and fails where a named model is not', async () => {
    await models(['pull', 'owner/name']);
    const { stdout, exitCode } = await models(['verify']);
    expect(stdout).toMatch(/owner\/name +0123456789ab +ok +\S+\/model\.safetensors/);
    expect(exitCode).toBe(0);
    await expect(models(['verify', 'gpt2-m'])).rejects.toMatchObject({ hint: 'bench models pull gpt2-m' });
  });
});

describe('models prune', () => {
  it('removes what is kept of weights in fewer bits, and says what it was', async () => {
    const kept = join(cache, 'bench', 'packed');
    vi.stubEnv('BENCH_CACHE_DIR', join(cache, 'bench'));
    await mkdir(kept, { recursive: true });
    await writeFile(join(kept, 'a.packed'), `{"format":"f","dtype":"int8","digest":"${'d'.repeat(64)}","uses":[]}\n`);
    await writeFile(join(kept, 'b.packed'), 'damaged');
    const { stdout, exitCode } = await models(['prune']);
    expect(stdout).toMatch(/int8 +dddddddddddd +\S+ \S+ +\S+a\.packed/);
    expect(stdout).toMatch(/unknown +unknown +\S+ \S+ +\S+b\.packed/);
    expect(exitCode).toBe(0);
    expect(await readdir(kept)).toEqual([]);
    expect((await models(['prune'])).stdout).toBe('nothing was kept of weights in fewer bits\n');
  });

  it('leaves what a process is writing', async () => {
    const kept = join(cache, 'bench', 'packed');
    vi.stubEnv('BENCH_CACHE_DIR', join(cache, 'bench'));
    await mkdir(kept, { recursive: true });
    const draft = await openDraft(join(kept, 'c.packed'));
    const { stdout } = await models(['prune']);
    expect(stdout).toMatch(/^nothing was kept .*\nleft, as a process is writing it: \S+c\.packed\.\S+\.tmp\n$/);
    await draft.commit();
    expect(await readdir(kept)).toEqual(['c.packed']);
  });

  it('says where there is a file in place of the folder', async () => {
    vi.stubEnv('BENCH_CACHE_DIR', join(cache, 'bench'));
    await mkdir(join(cache, 'bench'), { recursive: true });
    await writeFile(join(cache, 'bench', 'packed'), '');
    await expect(models(['prune'])).rejects.toMatchObject({ hint: 'name another folder in BENCH_CACHE_DIR' });
  });
});

describe('models list', () => {
  it('names the catalog, and what else is in the cache of the hub', async () => {
    await models(['pull', 'owner/name']);
    const { stdout } = await models(['list'], { json: true });
    const listed: { name: string; folder: string | null }[] = JSON.parse(stdout).models;
    expect(listed.map(({ name }) => name)).toEqual(expect.arrayContaining(['tiny-gpt2', 'gpt2-m', 'owner/name']));
    expect(listed.find(({ name }) => name === 'owner/name')?.folder).toContain('snapshots');
  });

  it.each([
    [['list', 'gpt2-m'], {}, 'models list takes no names, found gpt2-m'],
    [['prune', 'gpt2-m'], {}, 'models prune takes no names, found gpt2-m'],
    [['verify'], { file: 'x' }, '--file has no meaning for models verify'],
  ])('%j %j is refused', async (names, flags, message) => {
    await expect(models(names, flags)).rejects.toThrow(message);
  });
});

describe('models convert', () => {
  it('writes a folder with safetensors and says what to type next', async () => {
    const out = join(cache, 'converted');
    const { stdout, exitCode } = await models(['convert', 'tiny-gpt2', out], { dtype: 'bfloat16' });
    expect(stdout).toMatch(/^tiny-gpt2: [\d,]+ parameters in bfloat16\nweights sha256 [0-9a-f]{64}\n/);
    expect(stdout).toContain(`Next: bench doctor ${out}\n`);
    expect(exitCode).toBe(0);
    expect(await readdir(out)).toEqual(expect.arrayContaining(['README.md', 'model.safetensors', 'tokenizer.json']));
    await expect(models(['convert', 'tiny-gpt2', out])).rejects.toThrow('expected a new or empty folder');
  });

  it('wants a model and a folder, and its flags are its own', async () => {
    await expect(models(['convert', 'tiny-gpt2'])).rejects.toThrow('expected a model and a folder, found tiny-gpt2');
    await expect(models(['list'], { dtype: 'float16' })).rejects.toThrow('--dtype has no meaning for models list');
    await expect(models(['list'], { 'mask-id': 3 })).rejects.toThrow('--mask-id has no meaning for models list');
  });
});
