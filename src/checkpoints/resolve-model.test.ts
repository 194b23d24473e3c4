import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gpt2Architecture } from '../architectures/gpt2.ts';
import { cacheFolder } from '../files/cache-folder.ts';
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

it('takes a path as it is', async () => {
  const folder = await folderWith('gpt2-m');
  expect(await resolveModel(folder)).toEqual({ name: folder, folder, entry: null });
  await expect(resolveModel(join(parent, 'absent'))).rejects.toMatchObject({ code: 'missing-checkpoint' });
});

it('says which files of which repository go where when they are not on disk', async () => {
  const environment = { BENCH_CACHE_DIR: join(parent, 'empty') };
  const into = join(parent, 'empty', 'models', 'diffullama');
  await expect(resolveModel('diffullama', { environment })).rejects.toMatchObject({
    code: 'missing-checkpoint',
    message: expect.stringContaining(`of hub repository diffusionfamily/diffullama in ${into}`),
    hint: `huggingface-cli download diffusionfamily/diffullama --revision main --include config.json model.safetensors.index.json "model-*.safetensors" tokenizer.json tokenizer_config.json --local-dir "${into}"`,
  });
});

it.each([
  ['gpt-s', 'gpt2-s'],
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

it('knows the catalog name of a hub repository', async () => {
  await expect(resolveModel('openai-community/gpt2')).rejects.toMatchObject({
    hint: 'the catalog calls this hub repository gpt2-s',
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
