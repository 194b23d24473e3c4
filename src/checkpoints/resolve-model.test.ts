import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpt2Architecture } from '../architectures/gpt2.ts';
import { architectureKinds } from '../architectures/index.ts';
import { cacheFolder } from '../files/package-root.ts';
import { readCatalog } from './catalog.ts';
import { openModel } from './open.ts';
import { resolveModel } from './resolve-model.ts';
import { writeCheckpoint } from './write-checkpoint.ts';

const MINIATURE: Gpt2Architecture = {
  kind: 'gpt2',
  layers: 1,
  width: 2,
  heads: 1,
  innerWidth: 8,
  contextLength: 4,
  layerNormEpsilon: 1e-5,
  vocabularyRows: 10542,
  tiedHead: true,
};

let parent = '';
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'models-'));
});
afterAll(() => rm(parent, { recursive: true }));

const folderWith = async (...path: string[]) => {
  const folder = join(parent, ...path);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), '{}');
  return folder;
};

it('lists the models of the study with the published constants', () => {
  const catalog = readCatalog();
  const masks = ['diffugpt-s', 'diffugpt-m', 'diffullama'].map((name) => catalog.get(name)?.maskId);
  expect(masks).toEqual([10541, 50257, 811]);
  const rows = ['gpt2-s', 'diffugpt-s', 'diffugpt-m', 'diffullama'].map((name) => catalog.get(name)?.vocabularyRows);
  expect(rows).toEqual([50257, 50257, 50258, 32000]);
  for (const [name, entry] of catalog) {
    if ('hub' in entry) expect(entry.maskId === null, name).toBe(entry.family === 'autoregressive');
  }
});

it('looks in the given folder, then BENCH_MODEL_DIR, then the cache', async () => {
  const environment = { BENCH_CACHE_DIR: join(parent, 'cache'), BENCH_MODEL_DIR: join(parent, 'own') };
  const options = { modelsDir: join(parent, 'given'), environment };
  const cached = await folderWith('cache', 'models', 'gpt2-s');
  expect((await resolveModel('gpt2-s', options)).folder).toBe(cached);
  const own = await folderWith('own', 'gpt2-s');
  expect((await resolveModel('gpt2-s', options)).folder).toBe(own);
  const given = await folderWith('given', 'gpt2-s');
  const resolved = await resolveModel('gpt2-s', options);
  expect(resolved).toMatchObject({ name: 'gpt2-s', folder: given, entry: { family: 'autoregressive' } });
});

it('takes a folder with a GGUF file, which needs no config beside it, and the path of a file', async () => {
  const folder = join(parent, 'quantised', 'gpt2-m');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'gpt2-m-Q8_0.gguf');
  await writeFile(file, '');
  const options = { modelsDir: join(parent, 'quantised'), environment: nowhere() };
  expect((await resolveModel('gpt2-m', options)).folder).toBe(folder);
  expect(await resolveModel(file)).toEqual({ name: file, folder, file, entry: null });
});

it('takes a path as it is', async () => {
  const folder = await folderWith('gpt2-m');
  expect(await resolveModel(folder)).toEqual({ name: folder, folder, entry: null });
  await expect(resolveModel(join(parent, 'absent'))).rejects.toMatchObject({ code: 'missing-checkpoint' });
});

const nowhere = () => ({ BENCH_CACHE_DIR: join(parent, 'empty'), HF_HOME: join(parent, 'empty') });

it('says which files of which repository are needed, and what fetches them, when they are not on disk', async () => {
  await expect(resolveModel('gpt2-m', { environment: nowhere() })).rejects.toMatchObject({
    code: 'missing-checkpoint',
    message: expect.stringMatching(
      /model\.safetensors.* of hub repository openai-community\/gpt2-medium, about 1.5 GB$/,
    ),
    hint: 'bench models pull gpt2-m',
  });
});

describe('the cache of the hub', () => {
  const commit = 'a'.repeat(40);
  const environment = () => ({ ...nowhere(), HF_HUB_CACHE: join(parent, 'hub') });
  beforeAll(async () => {
    for (const name of ['models--openai-community--gpt2', 'models--some--model']) {
      await mkdir(join(parent, 'hub', name, 'refs'), { recursive: true });
      await writeFile(join(parent, 'hub', name, 'refs', 'main'), commit);
    }
  });
  const snapshotOf = (name: string) => folderWith('hub', name, 'snapshots', commit);

  it('is looked into for models of the catalog, at their revision', async () => {
    const entry = readCatalog().get('gpt2-s');
    const pinned = entry !== undefined && 'hub' in entry ? entry.hub.revision : '';
    const newest = await snapshotOf('models--openai-community--gpt2');
    await expect(resolveModel('gpt2-s', { environment: environment() })).rejects.toMatchObject({
      hint: 'bench models pull gpt2-s',
    });
    const folder = await folderWith('hub', 'models--openai-community--gpt2', 'snapshots', pinned);
    const found = { entry: { family: 'autoregressive' } };
    const byName = await resolveModel('gpt2-s', { environment: environment() });
    expect(byName).toMatchObject({ name: 'gpt2-s', folder, ...found });
    const byAddress = await resolveModel('openai-community/gpt2', { environment: environment() });
    expect(byAddress).toMatchObject({ name: 'openai-community/gpt2', folder: newest, ...found });
  });

  it('is looked into for owner/name, at a revision', async () => {
    const folder = await snapshotOf('models--some--model');
    for (const name of ['some/model', 'some/model@main', `some/model@${commit}`]) {
      expect(await resolveModel(name, { environment: environment() })).toEqual({ name, folder, entry: null });
    }
    await expect(resolveModel('some/model@v2', { environment: environment() })).rejects.toMatchObject({
      hint: 'to fetch it from the hub: bench models pull some/model@v2',
    });
  });
});

it.each([
  ['gpt-s', 'gpt2-s'],
  ['gpt2m', 'gpt2-m'],
  ['diffugpt', 'diffugpt-s'],
  ['DiffuLLaMA', 'diffullama'],
  ['Llama-2-7b', 'llama2-7b'],
])('suggests the nearest name for %s', async (typed, meant) => {
  await expect(resolveModel(typed)).rejects.toMatchObject({
    code: 'unknown-name',
    message: expect.stringContaining(`"${typed}"`),
    hint: expect.stringContaining(`did you mean ${meant}?`),
  });
});

it('says where settings of a model belong', async () => {
  await expect(resolveModel('./absent:adapter=./lora')).rejects.toMatchObject({
    hint: 'settings stand behind a model in --models only: give --adapter as a flag of its own',
  });
});

it('knows the catalog name of a hub repository', async () => {
  await expect(resolveModel('openai-community/gpt2', { environment: nowhere() })).rejects.toMatchObject({
    hint: 'the catalog calls this hub repository gpt2-s: bench models pull gpt2-s',
  });
});

it('keeps downloads in the cache folder of the platform', () => {
  expect(cacheFolder({ BENCH_CACHE_DIR: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
  expect(cacheFolder({ XDG_CACHE_HOME: '/b' })).toBe('/b/bench');
  expect(cacheFolder({})).toMatch(/\.cache\/bench$/);
});

it('opens a catalog model with what the catalog says about it', async () => {
  const folder = join(parent, 'whole', 'diffugpt-s');
  await writeCheckpoint(folder, {
    architecture: MINIATURE,
    layout: 'wrapper',
    bench: {},
    dtype: () => 'F16',
    values: (_, shape) => [new Float32Array(shape.reduce((product, side) => product * side, 1))],
  });
  const checkpoint = await openModel('diffugpt-s', {}, { modelsDir: join(parent, 'whole'), environment: {} });
  expect(checkpoint).toMatchObject({ name: 'diffugpt-s', folder, options: { family: 'diffusion', maskId: 10541 } });
  const typed = await openModel('diffugpt-s', { maskId: 5 }, { modelsDir: join(parent, 'whole'), environment: {} });
  expect(typed.options.maskId).toBe(5);
});

describe('the catalog', () => {
  const published = [...readCatalog()].filter(([, entry]) => !('path' in entry));

  it('names architectures that there are, and says of each who sees whom, and where that is from', () => {
    const kinds = architectureKinds().map(({ kind }) => kind);
    for (const [name, entry] of published) {
      expect(kinds, name).toContain(entry.architecture);
      expect(entry.attention, name).toBeDefined();
      expect(entry.attention === 'causal', name).toBe(entry.family === 'autoregressive');
      expect(entry.blockLength !== undefined, name).toBe(entry.attention === 'block-causal');
      if (entry.family === 'diffusion') expect(entry.source, name).toBeDefined();
    }
  });

  it('has the masks and blocks of the field', () => {
    const facts = Object.fromEntries(
      published.map(([name, { maskId, shift, blockLength }]) => [name, [maskId, shift, blockLength]]),
    );
    expect(facts).toMatchObject({
      'dream-7b': [151666, true, undefined],
      'llada-8b': [126336, false, undefined],
      'illada-8b': [5, false, undefined],
      'sdar-1.7b-chat': [151669, false, 4],
      'fast-dllm-v2-7b': [151665, true, 32],
      'sedd-s': [50257, false, undefined],
      'bd3lm-owt-8': [50257, false, 8],
      'diffullama-gguf': [811, true, undefined],
    });
  });

  it.each([
    ['plaid', 'Plaid 1.3B is not read: its diffusion is continuous'],
    ['diffusion-gemma', 'it has no mask token'],
    ['google/diffusiongemma-26B-A4B-it@main', 'it has no mask token'],
    ['llada2', 'its layers choose among experts'],
    ['opendatalab/MinerU-Diffusion-V1-0320-2.5B', 'it reads pages as images'],
    ['temsa/IrishCore-DiffMask-135M', 'it classifies tokens, and is no language model'],
    ['IrishCore-DiffMask-135M', 'it classifies tokens, and is no language model'],
    ['LLaDA2.0-mini', 'its layers choose among experts'],
    ['inclusionAI/LLaDA2.1-flash', 'its layers choose among experts'],
    ['DiffusionGemma', 'it has no mask token'],
    ['MinerU-Diffusion-V1', 'it reads pages as images'],
  ])('refuses %s by name: %s', async (name, message) => {
    await expect(resolveModel(name, { environment: nowhere() })).rejects.toMatchObject({
      code: 'not-supported',
      message: expect.stringContaining(message),
    });
  });

  it('says of what has no known place how to name it', async () => {
    await expect(resolveModel('sos-250m', { environment: nowhere() })).rejects.toMatchObject({
      code: 'missing-checkpoint',
      hint: expect.stringMatching(/sos-250m=FOLDER$/),
    });
    await expect(resolveModel('diffullama-4bits', { environment: nowhere() })).rejects.toMatchObject({
      hint: expect.stringMatching(/diffullama-4bits=FOLDER:family=diffusion:mask-id=811:shift=on$/),
    });
  });
});
