/** Fetching from the hub, against a server on this machine that fails as the hub and the way to it do. */
import { existsSync } from 'node:fs';
import { lstat, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLock } from '../../src/files/folder-lock.ts';
import { cachedRepositories, cachedSnapshot, repositoryFolder, requireHubAddress } from '../../src/hub/cache.ts';
import { verifySnapshot } from '../../src/hub/checksum.ts';
import { type PullOptions, pullModel } from '../../src/hub/pull.ts';
import type { HubSettings } from '../../src/hub/settings.ts';
import { COMMIT, type LoopbackHub, type LoopbackOptions, serve, startHub } from './loopback-hub.ts';

const WEIGHTS = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) % 251));
const CONFIG = Buffer.from('{"model_type":"gpt2"}');
const FILES = {
  'config.json': CONFIG,
  'model.safetensors': WEIGHTS,
  'pytorch_model.bin': WEIGHTS,
  'README.md': Buffer.from('# a card'),
  'modeling.py': Buffer.from('import torch'),
};
const ADDRESS = requireHubAddress('owner/name');

let cache = '';
const servers: LoopbackHub[] = [];
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'hub-cache-'));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await rm(cache, { recursive: true });
});

async function hubWith(files: Readonly<Record<string, Buffer>> = FILES, options: LoopbackOptions = {}) {
  const hub = await startHub(files, options);
  servers.push(hub);
  return hub;
}
const settingsFor = (hub: LoopbackHub, token: string | null = null): HubSettings => ({
  endpoint: hub.endpoint,
  token,
  cache,
  offline: false,
});
const pull = (hub: LoopbackHub, options: Partial<PullOptions> = {}, patterns: readonly string[] = []) =>
  pullModel(ADDRESS, patterns, { settings: settingsFor(hub), pause: 1, ...options });

const holdsWeights = async (folder: string) => (await readFile(join(folder, 'model.safetensors'))).equals(WEIGHTS);

const ranges = ({ requests }: LoopbackHub) =>
  requests.filter(({ path }) => path.endsWith('model.safetensors')).map(({ range }) => range);

describe('a pull', () => {
  it('puts only what is needed where the tools of the hub look for it', async () => {
    const hub = await hubWith();
    const pulled = await pull(hub);
    expect(pulled.files.map(({ path, state }) => [path, state])).toEqual([
      ['config.json', 'fetched'],
      ['model.safetensors', 'fetched'],
    ]);
    expect(await holdsWeights(pulled.folder)).toBe(true);
    expect(await readlink(join(pulled.folder, 'config.json'))).toMatch(/^\.\.\/\.\.\/blobs\/[0-9a-f]{40}$/);
    expect(await readFile(join(repositoryFolder(cache, 'owner/name'), 'refs', 'main'), 'utf8')).toBe(COMMIT);
    expect(await cachedSnapshot(cache, ADDRESS)).toEqual({ commit: COMMIT, folder: pulled.folder });
    expect(await cachedRepositories(cache)).toEqual(['owner/name']);
  });

  it('fetches nothing that is here', async () => {
    const hub = await hubWith();
    await pull(hub);
    const before = hub.requests.length;
    const again = await pull(hub);
    expect(again.files.map(({ state }) => state)).toEqual(['present', 'present']);
    expect(hub.requests.slice(before).filter(({ path }) => path.includes('/resolve/'))).toEqual([]);
  });

  it('takes the files that are named, and says what there is where they are not', async () => {
    const hub = await hubWith();
    const pulled = await pull(hub, {}, ['pytorch_*.bin']);
    expect(pulled.files.map(({ path }) => path)).toEqual(['config.json', 'pytorch_model.bin']);
    await expect(pull(hub, {}, ['*.gguf'])).rejects.toMatchObject({
      message: 'owner/name holds no file *.gguf',
      hint: 'it holds config.json, model.safetensors, pytorch_model.bin, README.md, modeling.py',
    });
  });

  it('asks which of several GGUF files is meant', async () => {
    const hub = await hubWith({ 'a-q4_0.gguf': WEIGHTS, 'a-q8_0.gguf': WEIGHTS });
    await expect(pull(hub)).rejects.toMatchObject({
      message: 'owner/name holds 2 GGUF files: a-q4_0.gguf (300 kB), a-q8_0.gguf (300 kB)',
      hint: 'choose one: --file a-q4_0.gguf',
    });
  });

  it('tells its plan, and how far it is', async () => {
    const hub = await hubWith();
    const told: number[] = [];
    let bytes = 0;
    await pull(hub, { onPlan: (plan) => (bytes = plan.bytes), onProgress: (received) => told.push(received) });
    expect(bytes).toBe(WEIGHTS.length + CONFIG.length);
    expect(told.at(-1)).toBe(bytes);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });
});

describe('a connection', () => {
  const cut = (after: number) => (content: Buffer, _: unknown, response: ServerResponse) => {
    response.writeHead(200, { 'Content-Length': content.length });
    response.write(content.subarray(0, after), () => setTimeout(() => response.destroy(), 20));
  };

  it('that is cut is taken up where it ended', async () => {
    const hub = await hubWith();
    hub.faults.push(serve, cut(100_000));
    const pulled = await pull(hub);
    expect(await holdsWeights(pulled.folder)).toBe(true);
    expect(ranges(hub)).toEqual([null, 'bytes=100000-']);
  });

  it('that is slow is waited for, and given up when nothing comes', async () => {
    const hub = await hubWith();
    hub.faults.push(
      serve,
      (content, _, response) => {
        response.writeHead(200, { 'Content-Length': content.length }).write(content.subarray(0, 50_000));
      },
      (content, _, response) => {
        response.writeHead(206, { 'Content-Range': `bytes 50000-299999/300000` });
        const step = (at: number) => {
          if (at >= content.length) return response.end();
          response.write(content.subarray(at, at + 50_000));
          setTimeout(step, 60, at + 50_000);
        };
        step(50_000);
      },
    );
    const pulled = await pull(hub, { patience: 150 });
    expect(await holdsWeights(pulled.folder)).toBe(true);
    expect(ranges(hub)).toEqual([null, 'bytes=50000-']);
  });

  it('is tried five times without progress, and then is a sentence', async () => {
    const hub = await hubWith();
    const busy = (_: Buffer, __: unknown, response: ServerResponse) => response.writeHead(503).end();
    hub.faults.push(...Array.from({ length: 5 }, () => busy));
    await expect(pull(hub)).rejects.toMatchObject({
      code: 'missing-checkpoint',
      message: expect.stringMatching(
        /^could not get owner\/name, file config.json, from http.*: the server failed \(HTTP 503\)$/,
      ),
    });
    expect(hub.faults).toEqual([]);
    expect((await pull(hub)).files).toHaveLength(2);
  });

  it('that ignores ranges gives the file from the beginning', async () => {
    const hub = await hubWith();
    hub.faults.push(serve, cut(100_000), (content, _, response) => response.writeHead(200).end(content));
    const pulled = await pull(hub);
    expect(await holdsWeights(pulled.folder)).toBe(true);
  });

  it('that is refused is a sentence', async () => {
    const hub = await hubWith();
    await hub.close();
    await expect(pull(hub)).rejects.toMatchObject({
      message: expect.stringMatching(/^could not get owner\/name from http.*: connect ECONNREFUSED/),
      hint: 'check the network and repeat the command',
    });
  });
});

describe('a pull that was stopped', () => {
  it('keeps what has come, and goes on with the next command', async () => {
    const hub = await hubWith();
    const stop = new AbortController();
    hub.faults.push(serve, (content, _, response) => {
      response.writeHead(200, { 'Content-Length': content.length });
      response.write(content.subarray(0, 120_000), () => setTimeout(() => stop.abort(), 50));
    });
    await expect(pull(hub, { signal: stop.signal })).rejects.toMatchObject({ code: 'interrupted' });
    const pulled = await pull(hub);
    expect(await holdsWeights(pulled.folder)).toBe(true);
    expect(ranges(hub)).toEqual([null, 'bytes=120000-']);
  });
});

describe('content with another checksum', () => {
  const forged = (content: Buffer, _: unknown, response: ServerResponse) => {
    const changed = Buffer.from(content);
    changed[17] = (changed[17] as number) ^ 1;
    response.writeHead(200).end(changed);
  };

  it.each([
    ['a large file', [serve, forged], 'SHA-256'],
    ['a small one', [forged], 'the Git hash'],
  ])('is not kept: %s', async (_, faults, name) => {
    const hub = await hubWith();
    hub.faults.push(...faults);
    await expect(pull(hub)).rejects.toMatchObject({
      code: 'bad-checkpoint',
      message: expect.stringMatching(
        new RegExp(`expected content with ${name} [0-9a-f]+, found [0-9a-f]+; nothing was kept$`),
      ),
    });
    expect((await pull(hub)).files.at(-1)).toMatchObject({ path: 'model.safetensors', state: 'fetched' });
  });

  it('in the cache is found without a network, and mended by a pull', async () => {
    const hub = await hubWith();
    const { folder } = await pull(hub);
    await writeFile(join(folder, 'model.safetensors'), Buffer.alloc(WEIGHTS.length));
    expect((await verifySnapshot(folder)).map(({ state }) => state)).toEqual(['ok', 'wrong']);
    await pull(hub);
    expect((await verifySnapshot(folder)).map(({ state }) => state)).toEqual(['ok', 'ok']);
    expect((await lstat(join(folder, 'model.safetensors'))).isSymbolicLink()).toBe(true);
  });
});

describe('the token', () => {
  it('is shown to the hub, and not to the storage that it sends on to', async () => {
    const storage = await hubWith();
    const hub = await hubWith(FILES, { token: 'secret', storage: storage.endpoint });
    const pulled = await pull(hub, { settings: settingsFor(hub, 'secret') });
    expect(await holdsWeights(pulled.folder)).toBe(true);
    expect(new Set(hub.requests.map(({ token }) => token))).toEqual(new Set(['Bearer secret']));
    expect(new Set(storage.requests.map(({ token }) => token))).toEqual(new Set([null]));
  });

  it('is asked for where the hub wants one', async () => {
    const hub = await hubWith(FILES, { token: 'secret' });
    await expect(pull(hub)).rejects.toMatchObject({
      code: 'missing-checkpoint',
      message: expect.stringContaining('it asks who you are (HTTP 401), or is not there'),
      hint: `accept its conditions at ${hub.endpoint}/owner/name where it has any, and set HF_TOKEN to a token that may read it`,
    });
  });
});

describe('what cannot be had', () => {
  it('is a sentence where there is no such repository or revision', async () => {
    const hub = await hubWith();
    const options = { settings: settingsFor(hub) };
    for (const name of ['owner/other', 'owner/name@v9']) {
      await expect(pullModel(requireHubAddress(name), [], options)).rejects.toMatchObject({
        message: expect.stringContaining(`could not get ${name} from ${hub.endpoint}: there is no such repository`),
      });
    }
  });

  it('is not asked for when the machine is offline', async () => {
    const hub = await hubWith();
    const settings = { ...settingsFor(hub), offline: true };
    await expect(pull(hub, { settings })).rejects.toThrow('owner/name is not fetched: HF_HUB_OFFLINE is set');
    expect(hub.requests).toEqual([]);
  });

  it('is not written outside the cache, whatever the names that are listed', async () => {
    const hub = await hubWith({ '../escape.json': CONFIG, 'model.safetensors': WEIGHTS });
    await expect(pull(hub)).rejects.toMatchObject({
      code: 'bad-checkpoint',
      message: expect.stringContaining('in a form'),
    });
    expect(existsSync(join(cache, 'escape.json'))).toBe(false);
  });

  it('waits for nobody: a second pull of the same repository is refused', async () => {
    const hub = await hubWith();
    await pull(hub);
    const lock = await acquireLock(repositoryFolder(cache, 'owner/name'), 'bench-pull.lock');
    await expect(pull(hub)).rejects.toMatchObject({ code: 'store-locked' });
    await lock.release();
  });
});
