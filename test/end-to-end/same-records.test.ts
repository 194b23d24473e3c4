/** What does not belong to a result does not change a byte of it: the whole path of `bench run` on the tiny checkpoints. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { run } from '../../src/commands/run/run.ts';
import type { TaskPlugin } from '../../src/core/task.ts';
import { loadTask } from '../../src/datasets/load-task.ts';
import { engineOf } from '../../src/engines/index.ts';
import { openModelFiles } from '../../src/evaluate/open-parts.ts';
import { RUN_DEFAULTS, type RunOptions } from '../../src/evaluate/options.ts';
import { settingsOf } from '../../src/evaluate/run-settings.ts';
import { openLanguageModel } from '../../src/lm/language-model.ts';
import { describeMachine } from '../../src/runner/environment.ts';
import { describeRun, examplesOf } from '../../src/runner/plan.ts';
import { executeRun } from '../../src/runner/run.ts';
import { lambadaDecoding } from '../../tasks/lambada-decoding.ts';
import { winogrande } from '../../tasks/winogrande.ts';
import { recordingIo } from './recording-io.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const STORIES = join(ROOT, '../shared/models/stories260K-hf');
const DATA = join(ROOT, '../shared/data');
const skipped = existsSync(STORIES) && existsSync(DATA) ? '' : ' (skipped: no shared folder beside the repository)';

let out: string;
beforeEach(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  out = await mkdtemp(join(tmpdir(), 'bench-same-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(out, { recursive: true });
});

const SMALL = {
  models: ['random-gpt2', 'random-diffugpt'],
  tasks: ['piqa', 'winogrande', 'lambada'],
  passes: 9,
  steps: [2, 16],
  fixtures: true,
} as const;

/** Runs into a folder of its own. @returns every records.jsonl by the name of its run */
async function records(options: Partial<RunOptions>, into: string): Promise<ReadonlyMap<string, string>> {
  const io = recordingIo();
  expect(await run({ ...RUN_DEFAULTS, ...SMALL, ...options, out: join(out, into) }, io)).toBe(0);
  return storedRecords(into);
}

async function storedRecords(into: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(join(out, into))).sort();
  const texts = names.map(async (name) => [name, await readFile(join(out, into, name, 'records.jsonl'), 'utf8')]);
  return new Map((await Promise.all(texts)) as [string, string][]);
}

const HOW: readonly (readonly [string, Partial<RunOptions>])[] = [
  ['shuffled, one sequence a batch, one thread', { order: 'shuffled', batchTokens: 1, threads: 1 }],
  ['batches of a few sequences', { batchTokens: 150 }],
  ['shuffled, one batch for all, two threads', { order: 'shuffled', batchTokens: 1_000_000, threads: 2 }],
];

it.each([
  ['canonical', {}],
  ['paper', { protocol: 'paper' }],
  ['canonical under annealed attention', { attention: 0.5, models: ['random-diffugpt'] }],
  ['a race', { passes: 'auto', mostPasses: 9, models: ['random-diffugpt'] }],
  ['two precisions', { precision: 'mixed', models: ['random-diffugpt'] }],
] as const)(
  '%s gives the same bytes in every order, batch and thread, and a prefix with a limit',
  async (_, options) => {
    const all = await records(options, 'a');
    for (const [what, how] of HOW) expect([what, await records({ ...options, ...how }, what)]).toEqual([what, all]);
    const heads = [...all].map(([name, text]) => [withoutDigest(name), text.split('\n').slice(0, 3)]);
    const some = await records({ ...options, limit: 3, order: 'shuffled' }, 'some');
    const found = [...some].map(([name, text]) => [withoutDigest(name), text.trimEnd().split('\n')]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(heads));
  },
);

it.each([
  { task: winogrande, protocol: 'canonical', passes: 9 },
  { task: winogrande, protocol: 'canonical', passes: 'auto' },
  { task: lambadaDecoding, protocol: 'canonical', passes: 9 },
  { task: lambadaDecoding, protocol: 'paper', passes: 9 },
] as const)(
  'gives the same bytes in units of any size, stopped and resumed ($task.name, $protocol, $passes passes)',
  async ({ task, protocol, passes }) => {
    const { checkpoint, tokenizer } = await openModelFiles('random-diffugpt', RUN_DEFAULTS);
    const model = await openLanguageModel({ checkpoint, tokenizer, engine: await engineOf('onnx', null) });
    const plugin: TaskPlugin = task;
    const { rows, source, variant } = await loadTask(plugin, {
      dataDir: null,
      allowFixtures: true,
      onlyFixtures: true,
    });
    const examples = examplesOf(plugin, protocol, rows, null);
    const given = {
      ...RUN_DEFAULTS,
      protocol,
      steps: [2, 8],
      passes,
      mostPasses: 9,
      draws: 2,
      headline: 'mean' as const,
    };
    const reading = { openFraction: 1, shift: true };
    const settings = settingsOf({ checkpoint, tokenizer }, reading, examples[0]?.question, given);
    const described = { task: plugin, rows, limit: null, model: model.identity, settings };
    const manifest = describeRun({ ...described, source: { name: source, variant } });
    const stored: string[] = [];
    for (const [unitSize, order] of [
      [1, 'dataset'],
      [2, 'shuffled'],
      [5, 'shuffled'],
      [64, 'dataset'],
    ] as const) {
      const parts = { task: plugin, manifest, examples, model, machine: describeMachine({}) };
      const inputs = { ...parts, out: join(out, `${unitSize}`) };
      const stop = new AbortController();
      const onProgress = ({ done }: { readonly done: number }) => done > 0 && stop.abort();
      await executeRun(inputs, { unitSize, order, signal: stop.signal, onProgress });
      const { folder } = await executeRun(inputs, { unitSize, order });
      stored.push(await readFile(join(folder, 'records.jsonl'), 'utf8'));
    }
    await model.dispose();
    expect(stored[0]).not.toBe('');
    expect(new Set(stored).size).toBe(1);
  },
);

it('gives the same bytes in two processes', async () => {
  const words = `run --models random-gpt2,random-diffugpt --tasks winogrande,lambada --passes 9 --fixtures --out`.split(
    ' ',
  );
  for (const into of ['a', 'b']) {
    const { status } = spawnSync(process.execPath, [join(ROOT, 'bin/bench.js'), ...words, join(out, into)]);
    expect(status).toBe(0);
  }
  expect(await storedRecords('a')).toEqual(await storedRecords('b'));
  const inProcess = await records({ tasks: ['winogrande', 'lambada'], steps: [32] }, 'c');
  expect(inProcess).toEqual(await storedRecords('a'));
});

it.skipIf(skipped !== '')(`gives the same bytes on real data${skipped}`, async () => {
  const real = { models: [STORIES], tasks: ['piqa'], fixtures: false, dataDir: DATA, limit: 40 };
  const first = await records(real, 'a');
  expect(await records({ ...real, order: 'shuffled', batchTokens: 1, threads: 1 }, 'b')).toEqual(first);
  expect([...first.values()][0]?.trimEnd().split('\n')).toHaveLength(40);
  const asDiffusion = { ...real, family: 'diffusion', maskId: 0, limit: 4 } as const;
  const denoised = await records(asDiffusion, 'c');
  expect(await records({ ...asDiffusion, order: 'shuffled', batchTokens: 100 }, 'd')).toEqual(denoised);
});

it.each<[string, Partial<RunOptions>]>([
  ['seed', { seed: 1 }],
  ['passes', { passes: 10 }],
  ['steps', { steps: [3] }],
  ['attention', { attention: 0 }],
])(
  'a changed %s is a new run of a diffusion model, and the same run of an autoregressive one',
  async (_name, change) => {
    const few = { tasks: ['piqa'], limit: 2 } as const;
    const before = await records(few, 'a');
    const after = await records({ ...few, ...change }, 'a');
    const added = [...after.keys()].filter((name) => !before.has(name));
    expect(added).toEqual([expect.stringMatching(/^random-diffugpt-piqa-canonical-/)]);
    for (const [name, text] of before) expect(after.get(name)).toBe(text);
  },
);

const withoutDigest = (name: string): string => name.slice(0, name.lastIndexOf('-'));
