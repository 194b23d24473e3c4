/** `bench run` as a whole: what its document says, every protocol on every task, and what it refuses. */
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run as show } from '../../src/commands/report/show.ts';
import { run } from '../../src/commands/run/run.ts';
import { PROTOCOLS } from '../../src/core/names.ts';
import { RUN_DEFAULTS, type RunOptions } from '../../src/evaluate/options.ts';
import type { RunFacts } from '../../src/report/view/run-facts.ts';
import { DEFAULT_TASKS } from '../../tasks/index.ts';
import { recordingIo } from './recording-io.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MODELS = ['random-gpt2', 'random-diffugpt'];
/** Quantile of the standard normal distribution at 0.975. */
const Z = 1.959963984540054;

let out: string;
beforeEach(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  out = await mkdtemp(join(tmpdir(), 'bench-run-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(out, { recursive: true });
});

const options = (changes: Partial<RunOptions>): RunOptions => ({
  ...RUN_DEFAULTS,
  models: MODELS,
  passes: 9,
  steps: [8],
  fixtures: true,
  out: join(out, 'runs'),
  ...changes,
});

async function document(changes: Partial<RunOptions>): Promise<readonly RunFacts[]> {
  const io = recordingIo();
  expect(await run(options({ ...changes, json: true }), io)).toBe(0);
  expect(io.written.stderr).toBe('');
  return JSON.parse(io.written.stdout).runs;
}

interface StoredItem {
  readonly score: { readonly values: Readonly<Record<string, number>>; readonly gold: number };
  readonly response: {
    readonly nfe: number;
    readonly views: Readonly<Record<string, { alternatives: { quantities: Record<string, { value: number }> }[] }>>;
  };
}

const itemsOf = (report: RunFacts): readonly StoredItem[] =>
  readFileSync(join(report.path, 'records.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).record);

describe('the JSON document', () => {
  it('holds for every run what can be recomputed from its records', async () => {
    const runs = await document({ tasks: ['piqa', 'lambada'] });
    expect(runs.map(({ model, task }) => [model, task])).toEqual(
      MODELS.flatMap((model) => ['piqa', 'lambada'].map((task) => [model, task])),
    );
    for (const report of runs) {
      const items = itemsOf(report);
      expect(report).toMatchObject({ protocol: 'canonical', status: 'completed', items: items.length, unscored: 0 });
      expect(report.nfe).toBe(items.reduce((sum, { response }) => sum + response.nfe, 0));
      expect(report.seconds).toBeGreaterThan(0);
      expect(report.steps).toEqual(report.family === 'diffusion' ? [8] : []);
      const names = new Set(items.flatMap(({ score }) => Object.keys(score.values)));
      expect(Object.keys(report.metrics).sort()).toEqual([...names].sort());
      for (const [name, estimate] of Object.entries(report.metrics)) {
        const values = items.flatMap(({ score }) => score.values[name] ?? []); // some only where all masks were run
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(estimate).toMatchObject({ n: values.length, unscored: 0, value: expect.closeTo(mean, 12) });
        if (!name.startsWith('acc')) continue;
        expect(estimate.stderr).toBeCloseTo(Math.sqrt((mean * (1 - mean)) / values.length), 12);
        // Wilson's bounds are the p at which the observed share is Z standard errors away.
        for (const p of [estimate.low, estimate.high].filter((bound) => bound > 0 && bound < 1)) {
          expect(Math.abs(mean - p)).toBeCloseTo(Z * Math.sqrt((p * (1 - p)) / values.length), 9);
        }
      }
    }
  });

  it('counts as right the answer of the best sum of log-likelihoods', async () => {
    const { steps, passes } = RUN_DEFAULTS;
    const [report] = await document({ tasks: ['piqa'], models: ['random-gpt2'], steps, passes });
    for (const { score, response } of itemsOf(report as RunFacts)) {
      const sums = (response.views.default?.alternatives ?? []).map(
        ({ quantities }) => quantities.loglikelihood?.value as number,
      );
      expect(score.values.accSum).toBe(Number(sums.indexOf(Math.max(...sums)) === score.gold));
    }
  });
});

it.each(PROTOCOLS)('protocol %s scores every built-in row of every task with both families', async (protocol) => {
  // The published scripts have a number of passes of their own: another one is said to change nothing.
  const runs = await document({ protocol, ...(protocol === 'paper' && { passes: RUN_DEFAULTS.passes }) });
  expect(runs).toHaveLength(MODELS.length * DEFAULT_TASKS.length);
  for (const report of runs) {
    const where = `${report.task}, ${report.model}`;
    expect([where, report.unscored, report.items >= 8]).toEqual([where, 0, true]);
    expect([where, report.metrics[report.headline]?.n]).toEqual([where, report.items]);
    for (const [name, { value, low, high }] of Object.entries(report.metrics)) {
      expect([where, name, low <= value && value <= high]).toEqual([where, name, true]);
      if (name.startsWith('acc')) expect([where, name, low >= 0 && high <= 1]).toEqual([where, name, true]);
      else expect([where, name, value > 0 && value < 100]).toEqual([where, name, true]); // nats or bits, never NaN
    }
    const decodes = protocol === 'paper' && report.family === 'diffusion' && report.task.startsWith('lambada');
    expect([where, report.headline]).toEqual([where, decodes ? expect.stringMatching(/^official@8$/) : 'acc']);
  }
});

describe('a broken checkpoint is refused before anything is stored', () => {
  const damaged: readonly (readonly [string, string, (folder: string) => void])[] = [
    ['a truncated file', 'truncated file', (folder) => truncateSync(join(folder, 'model.safetensors'), 300_000)],
    [
      'a config of another depth',
      '"transformer.h.2.ln_1.weight" is missing',
      (folder) => edit(folder, '"n_layer": 2', '"n_layer": 3'),
    ],
    ['a config of another width', 'wte.weight', (folder) => edit(folder, '"n_embd": 64', '"n_embd": 32')],
    [
      'a config that is no JSON',
      'config.json: the file is not JSON',
      (folder) => writeFileSync(join(folder, 'config.json'), '{'),
    ],
    ['no config', 'no config.json', (folder) => rmSync(join(folder, 'config.json'))],
    [
      'no tokenizer',
      'expected tokenizer files in',
      (folder) => {
        rmSync(join(folder, 'tokenizer.json'));
        rmSync(join(folder, 'tokenizer_config.json'));
      },
    ],
  ];
  const edit = (folder: string, from: string, to: string) => {
    const file = join(folder, 'config.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
  };

  it.each(damaged)('%s', async (_what, message, damage) => {
    const folder = join(out, 'model');
    cpSync(join(ROOT, 'models/random-gpt2'), folder, { recursive: true });
    damage(folder);
    const refused = run(options({ models: ['random-gpt2', folder], tasks: ['piqa'] }), recordingIo());
    await expect(refused).rejects.toMatchObject({
      name: 'HarnessError',
      message: expect.stringMatching(new RegExp(`${folder}.*${message}|${message}.*${folder}`)),
    });
    expect(() => readFileSync(join(out, 'runs'))).toThrow('ENOENT');
  });
});

it('names the model that a given mask id does not fit, or that needs one', async () => {
  const folder = join(out, 'wrapped');
  cpSync(join(ROOT, 'models/random-diffugpt'), folder, { recursive: true });
  rmSync(join(folder, 'bench.json'));
  const refused = (changes: Partial<RunOptions>) =>
    run(options({ models: [folder], tasks: ['piqa'], ...changes }), recordingIo());
  await expect(refused({})).rejects.toMatchObject({
    code: 'bad-arguments',
    message: `${folder}: a diffusion model, but nothing says which token is its mask`,
    hint: expect.stringContaining('--mask-id N'),
  });
  await expect(refused({ maskId: 99_999 })).rejects.toMatchObject({
    code: 'bad-arguments',
    message: expect.stringMatching(/mask id 99999 \(flag\) is no token; the vocabulary has \d+ rows/),
  });
  expect(await refused({ maskId: 512, limit: 1 })).toBe(0);
});

it('says where the run is kept, and show prints it from there', async () => {
  const io = recordingIo();
  await run(options({ models: ['random-gpt2'], tasks: ['piqa'] }), io);
  const path = /\nItem by item: bench show (\S+)\n$/.exec(io.written.stdout)?.[1] ?? '';
  const shown = recordingIo();
  expect(await show({ path, item: '3', json: false }, shown)).toBe(0);
  expect(shown.written.stdout).toMatch(/^piqa\/3 \(item 3\)\n/);
  // A folder with one run means that run; with several they are named.
  const alone = recordingIo();
  const folder = { path: dirname(path), item: null, json: false };
  expect(await show(folder, alone)).toBe(0);
  expect(alone.written.stdout).toContain(`run       ${path}`);
  await run(options({ models: ['random-diffugpt'], tasks: ['piqa'], limit: 1 }), recordingIo());
  await expect(show(folder, recordingIo())).rejects.toMatchObject({
    code: 'bad-arguments',
    hint: expect.stringMatching(/random-diffugpt, diffusion.*\n.*random-gpt2, autoregressive/),
  });
});
