/** `bench reproduce` in small: every experiment from its matrix to its page, on the built-in checkpoints. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { makeCheckpoint } from '../../scripts/make-checkpoint.ts';
import { readCatalog } from '../../src/checkpoints/catalog.ts';
import { run } from '../../src/commands/run/reproduce.ts';
import { type Observer, SILENT } from '../../src/evaluate/observer.ts';
import { EXPERIMENTS, experimentNamed } from '../../src/evaluate/reproduce/index.ts';
import { REPRODUCE_OPTIONS, type ReproduceOptions } from '../../src/evaluate/reproduce/options.ts';
import { planOf } from '../../src/evaluate/reproduce/plan.ts';
import { reproductionOf, runExperiment } from '../../src/evaluate/reproduce/reproduce.ts';
import { columnsIn } from '../../src/evaluate/stored/report.ts';
import { presetsOf } from '../../src/options/option.ts';
import { PUBLISHED_TABLES } from '../../src/report/published/index.ts';
import type { Reproduction } from '../../src/report/reproduction/document.ts';
import { reproductionPage } from '../../src/report/reproduction/page.ts';
import { planText, reproductionText } from '../../src/report/reproduction/text.ts';
import { taskNamed } from '../../tasks/index.ts';
import { COMMIT, startHub } from '../hub/loopback-hub.ts';
import { recordingIo } from './recording-io.ts';

const LONG = 120_000;

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'reproduce-'));
});
afterAll(() => rm(out, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const options = (name: string, given: Partial<ReproduceOptions> = {}): ReproduceOptions => ({
  ...presetsOf(REPRODUCE_OPTIONS),
  ...{ name, out: join(out, name) },
  ...given,
});

async function reproduce(asked: ReproduceOptions, observer?: Observer): Promise<Reproduction> {
  const made = await runExperiment(asked, observer);
  return reproductionOf(made, await columnsIn(made.out));
}

it('names models of the catalog, tasks that have the protocol, and published tables', () => {
  const catalog = readCatalog();
  for (const { runs, texts, times, tables } of EXPERIMENTS) {
    const models = [...runs, ...texts, ...times].flatMap((each) => each.models);
    expect([...models, ...texts.map(({ judge }) => judge)].filter((model) => !catalog.has(model))).toEqual([]);
    expect(runs.filter(({ task, protocol }) => taskNamed(task)?.protocols[protocol] === undefined)).toEqual([]);
    expect(tables.filter((id) => !PUBLISHED_TABLES.some((table) => table.id === id))).toEqual([]);
  }
});

it(
  'runs table 1 in small to the end, beside both published versions',
  async () => {
    const first = await reproduce(options('table-1', { smoke: true, unsafeNoSandbox: true }));
    expect(first.notRun).toEqual([]);
    expect(first.tables.map(({ id }) => id)).toEqual(['table-1-v3', 'table-1-v1']);
    for (const { counts } of first.tables) expect(counts).toMatchObject({ matches: 0, unexplained: 0, smoke: 80 });
    const text = reproductionText(first);
    expect(text).toMatch(/DiffuGPT-S 127M +LAMBADA +21\.6/);
    expect(text).toMatch(/DiffuGPT-S 127M +LAMBADA +45\.0/);
    expect(reproductionPage(first)).toContain('A smoke run:');
  },
  LONG,
);

it(
  'runs texts and times in small, and sets the miniature beside what nobody published',
  async () => {
    const figure = await reproduce(options('figure-3', { smoke: true }));
    expect(figure.frontiers[0]?.points.map(({ model, steps }) => [model, steps])).toEqual([
      ['tiny-gpt2', null],
      ['tiny-diffugpt', 2],
      ['tiny-diffugpt', 4],
    ]);
    const seconds = await reproduce(options('table-10', { smoke: true }));
    expect(seconds.speeds[0]?.points).toHaveLength(4);
    expect(reproductionPage(seconds)).toContain('Seconds a text');
    const chosen = await reproduce(options('figure-4', { smoke: true, models: ['diffullama'] }));
    expect(chosen.speeds[0]?.points.map(({ model }) => model)).toEqual(['tiny-diffugpt', 'tiny-diffugpt']);
    expect(chosen.plan.cells.map(({ model }) => model)).toEqual(['diffullama']);
    const ablation = await reproduce(options('table-3'));
    expect(ablation.tables[0]?.counts).toMatchObject({ 'weights not public': 13 });
    expect(ablation.miniature?.map(({ name }) => name)).toContain('DD without shift');
    expect(planText(ablation.plan)).toContain('none of its weights were published');
  },
  LONG,
);

it(
  'fills the rows of CodeLLaMA from runs that are asked by fill-in-the-middle tokens, both ways',
  async () => {
    const { tables, notRun } = await reproduce(options('table-8', { smoke: true, unsafeNoSandbox: true }));
    expect(notRun).toEqual([]);
    const cells = tables.flatMap(({ rows }) => rows.flatMap((row) => row.cells));
    expect(cells.map(({ row, verdict }) => [row, verdict])).toEqual([
      ['CodeLLaMA, suffix-prefix-middle', 'smoke'],
      ['CodeLLaMA, prefix-suffix-middle', 'smoke'],
      ['Diffu-CodeLLaMA', 'weights not public'],
    ]);
  },
  LONG,
);

it(
  'goes on where it was stopped, and computes nothing twice',
  async () => {
    const asked = options('table-11', { smoke: true });
    const recordsIn = async (): Promise<ReadonlyMap<string, string>> => {
      const runs = (await readdir(asked.out as string)).sort();
      const files = runs.map(
        async (name) =>
          [name, await readFile(join(asked.out as string, name, 'records.jsonl'), 'utf8').catch(() => '')] as const,
      );
      return new Map(await Promise.all(files));
    };
    const stop = new AbortController();
    let begun = 0;
    const started: Observer['started'] = (work) => {
      begun += 1;
      if (begun === 3) stop.abort();
      return SILENT.started(work);
    };
    const stopped = await runExperiment(asked, { ...SILENT, signal: stop.signal, started }).catch(
      (error) => error.code,
    );
    expect([stopped === 'interrupted' || begun === 3, begun]).toEqual([true, 3]);
    const before = [...(await recordsIn())].filter(([, records]) => records !== '');
    expect(before.length).toBeGreaterThan(0);
    expect(before.length).toBeLessThan(4);

    const resumed: number[] = [];
    const watching: Observer = {
      ...SILENT,
      started: (work) => {
        resumed.push(work.resumed);
        return SILENT.started(work);
      },
    };
    const document = await reproduce(asked, watching);
    expect(document.tables[0]?.counts).toMatchObject({ smoke: 8, 'not run': 0 });
    const after = await recordsIn();
    expect(after.size).toBe(4);
    for (const [name, records] of before) expect(after.get(name)?.startsWith(records)).toBe(true);
    expect(resumed.filter((items) => items > 0).length).toBeGreaterThanOrEqual(2);
  },
  LONG,
);

it(
  'fetches what is missing from the hub, says what cannot be fetched, and measures with it',
  async () => {
    const folder = join(out, 'served');
    await makeCheckpoint(['--shape', 'llama-tiny', '--layout', 'llama', '--vocab-rows', '1024', '--out', folder]);
    const tokenizer = fileURLToPath(new URL('../../models/random-gpt2/', import.meta.url));
    const weights = await readFile(join(folder, 'model.safetensors'));
    const names = Object.keys(JSON.parse(weights.toString('utf8', 8, 8 + Number(weights.readBigUInt64LE()))));
    const SHARD = 'model-00001-of-00001.safetensors';
    const map = Object.fromEntries(names.filter((name) => name !== '__metadata__').map((name) => [name, SHARD]));
    const hub = await startHub(
      {
        'config.json': await readFile(join(folder, 'config.json')),
        'model.safetensors.index.json': Buffer.from(JSON.stringify({ metadata: {}, weight_map: map })),
        [SHARD]: weights,
        'tokenizer.json': await readFile(join(tokenizer, 'tokenizer.json')),
        'tokenizer_config.json': await readFile(join(tokenizer, 'tokenizer_config.json')),
      },
      { repository: 'diffusionfamily/diffullama' },
    );
    const cache = join(out, 'hub');
    vi.stubEnv('HF_ENDPOINT', hub.endpoint);
    vi.stubEnv('HF_HUB_CACHE', cache);
    vi.stubEnv('BENCH_CACHE_DIR', join(out, 'cache'));
    const io = recordingIo();
    const code = await run(options('figure-4', { pull: true, page: join(out, 'figure-4.html') }), io).finally(
      hub.close,
    );
    expect(await readdir(join(cache, 'models--diffusionfamily--diffullama', 'snapshots'))).toEqual([COMMIT]);
    expect(io.written.stderr).toMatch(/! bench models pull llama2-7b: /);
    expect(io.written.stderr).toMatch(/llama2-7b .* bench models pull llama2-7b\n/);
    expect(io.written.stderr).toMatch(/diffullama .* here\n/);
    // It reads 128 tokens, and is asked for 512 and more.
    expect([code, io.written.stdout]).toEqual([0, expect.stringContaining('it reads 128 tokens')]);
  },
  LONG,
);

it('plans every experiment: what it costs, and what is missing for it, by the command that fetches it', async () => {
  vi.stubEnv('HF_HUB_CACHE', join(out, 'no-hub'));
  vi.stubEnv('BENCH_CACHE_DIR', join(out, 'no-cache'));
  for (const experiment of EXPERIMENTS) {
    const { cells } = await planOf(experiment, { models: null, dataDir: out, smoke: false });
    const { runs, texts, times } = experiment;
    expect(cells).toHaveLength([...runs, ...texts, ...times].reduce((sum, { models }) => sum + models.length, 0));
    for (const { missing, passes } of cells) {
      expect(missing).toMatch(/^bench (models|data) pull \S+$/);
      expect(passes).toBeGreaterThan(0);
    }
    expect(planText({ name: experiment.name, title: experiment.title, notes: [], isSmoke: false, cells })).toContain(
      experiment.title,
    );
  }
});

it('plans without running: what is missing is named with the command that fetches it', async () => {
  const plan = await planOf(experimentNamed('table-11'), { models: null, dataDir: out, smoke: false });
  expect(plan.cells.map(({ what }) => what)).toEqual(['hellaswag', 'winogrande', 'siqa', 'piqa']);
  // 10,042 questions, four answers, T = 8 and T = 32.
  expect(plan.cells[0]).toMatchObject({ model: 'diffullama', items: 10_042, passes: 10_042 * 4 * 40 });
  for (const { missing } of plan.cells) expect(missing).toMatch(/^bench (models|data) pull \S+$/);
  const wrong = planOf(experimentNamed('table-11'), { models: ['gpt2-s'], dataDir: out, smoke: false });
  await expect(wrong).rejects.toThrow('--models: expected models of table-11, diffullama; found gpt2-s');
  expect(() => experimentNamed('table-12')).toThrow(/table-1/);
});

it('fails where a model that was named, or any at all, is not here, and names it with the command that fetches it', async () => {
  vi.stubEnv('HF_HUB_CACHE', join(out, 'no-hub'));
  vi.stubEnv('BENCH_CACHE_DIR', join(out, 'no-cache'));
  const io = recordingIo();
  const asked = { models: ['gpt2-s'], dataDir: out, page: join(out, 'table-1.html') };
  expect(await run(options('table-1', { ...asked, json: true }), io)).toBe(1);
  const { notRun } = JSON.parse(io.written.stdout);
  expect(notRun).toEqual([
    {
      what: expect.stringMatching(/^gpt2-s: .*hellaswag, .*piqa/),
      reason: 'expected its weights here, found none; bench models pull gpt2-s fetches them',
    },
  ]);
  expect(await run(options('table-11', { dataDir: out, page: join(out, 'table-11.html') }), recordingIo())).toBe(1);
  expect(await run(options('table-11', { dataDir: out, plan: true }), recordingIo())).toBe(0);
});
