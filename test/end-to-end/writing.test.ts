/** LAMBADA by decoding, through `bench run`: both families, both forms, stored and resumed like every run. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from '../../src/commands/run/run.ts';
import { RUN_DEFAULTS, type RunOptions } from '../../src/evaluate/options.ts';
import type { Session } from '../../src/store/environment.ts';
import { readRun } from '../../src/store/read-run.ts';

const models = ['random-gpt2', 'random-diffugpt'];

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'bench-writing-'));
});
afterEach(() => rm(out, { recursive: true }));

async function bench(options: Partial<RunOptions>) {
  let stdout = '';
  const code = await run(
    { ...RUN_DEFAULTS, models, tasks: ['lambada-decoding'], fixtures: true, json: true, out, ...options },
    {
      stdout: (text) => {
        stdout += text;
      },
      stderr: () => {},
      isTerminal: false,
      columns: 100,
      signal: new AbortController().signal,
      now: () => 0,
    },
  );
  expect(code).toBe(0);
  return JSON.parse(stdout).runs as {
    family: string;
    path: string;
    nfe: number;
    metrics: Record<string, { n: number }>;
    repeats: { metric: string } | null;
  }[];
}

it('writes one text for each T; each T is a pass of its own', async () => {
  const [causal, denoised] = await bench({ steps: [1, 2] });
  expect(Object.keys(causal?.metrics ?? {})).toEqual(['acc']);
  expect(Object.keys(denoised?.metrics ?? {})).toEqual(['acc', 'acc@1', 'acc@2']);
  const { records, environment } = await readRun(denoised?.path ?? '');
  for (const { response } of records) {
    if (response.kind !== 'written') throw new TypeError(response.kind);
    const texts = response.views.default ?? [];
    expect(texts.map(({ steps }) => steps)).toEqual([1, 2]);
    expect(texts.every(({ nfe, tokens }, i) => nfe === Math.min(i + 1, tokens))).toBe(true);
    expect(response.nfe).toBe(texts.reduce((sum, { nfe }) => sum + nfe, 0));
  }
  const [{ work, writing }] = environment.sessions as [Session];
  expect(work?.items).toBe(records.length);
  // A text of T = 2 takes two passes where one of T = 1 takes one, over the same canvas.
  expect(writing?.[2]?.flops).toBeGreaterThan((writing?.[1]?.flops ?? 0) * 1.5);
  expect(work?.flops).toBe((writing?.[1]?.flops ?? 0) + (writing?.[2]?.flops ?? 0));
  const [left] = (await readRun(causal?.path ?? '')).environment.sessions;
  expect(left?.work?.tokens).toBeGreaterThan(records.length);
});

it('draws several texts under paper, with as many steps as tokens', async () => {
  const [causal, denoised] = await bench({ protocol: 'paper', draws: 3 });
  const { records } = await readRun(denoised?.path ?? '');
  for (const { response } of records) {
    if (response.kind !== 'written') throw new TypeError(response.kind);
    const texts = response.views.default ?? [];
    expect(texts.map(({ draw }) => draw)).toEqual([0, 1, 2]);
    expect(texts.every(({ steps, tokens }) => steps === tokens)).toBe(true);
  }
  expect((await readRun(causal?.path ?? '')).manifest.settings.draws).toBe(1);
  expect(causal?.repeats).toBeNull();
  expect(Object.keys(denoised?.metrics ?? {})).toEqual(['acc', 'acc#0', 'acc#1', 'acc#2']);
  expect(denoised?.repeats).toMatchObject({ metric: 'acc', values: [0, 0, 0], mean: 0, deviation: 0 });
});

it('stores a run once for settings that change nothing', async () => {
  const pathsOf = async (options: Partial<RunOptions>) => (await bench(options)).map(({ path }) => path);
  const published = await pathsOf({ protocol: 'paper', steps: [4] });
  expect(await pathsOf({ protocol: 'paper', steps: [8, 16] })).toEqual(published);
  expect((await readRun(published[1] ?? '')).manifest.settings.steps).toEqual([]);
  const [, drawn] = published;
  expect(await pathsOf({ protocol: 'paper', seed: 1, models: ['random-diffugpt'] })).not.toEqual([drawn]);
  const certain = await pathsOf({ steps: [2] });
  expect(await pathsOf({ steps: [2], seed: 1, draws: 3, passes: 9 })).toEqual(certain);
  expect(await pathsOf({ steps: [3], models: ['random-diffugpt'] })).not.toEqual(certain.slice(1));
});

it('stores the same bytes whatever shares a batch', async () => {
  const bytes = async (options: Partial<RunOptions>, folder: string) => {
    const runs = await bench({ ...options, out: join(out, folder), protocol: 'paper', draws: 2 });
    return Promise.all(runs.map(({ path }) => readFile(join(path, 'records.jsonl'), 'utf8')));
  };
  expect(await bytes({ batchTokens: 1, order: 'shuffled' }, 'alone')).toEqual(await bytes({}, 'together'));
});

it('agrees with greedy likelihood item by item where the model is greedy', async () => {
  const tasks = ['lambada-decoding', 'lambada'];
  const stories = fileURLToPath(new URL('../../models/random-gpt2', import.meta.url));
  const [decoding, likelihood] = await bench({ models: [stories], tasks });
  const correct = async (path = '') =>
    (await readRun(path)).records.map(({ score }) => (score.kind === 'scored' ? score.values.acc : null));
  expect(await correct(decoding?.path)).toEqual(await correct(likelihood?.path));
});
