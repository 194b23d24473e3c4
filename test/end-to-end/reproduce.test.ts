/** `bench reproduce` in small: every experiment from its matrix to its page, on the built-in checkpoints. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCatalog } from '../../src/checkpoints/catalog.ts';
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

const LONG = 120_000;

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'reproduce-'));
});
afterAll(() => rm(out, { recursive: true }));

const options = (name: string, given: Partial<ReproduceOptions> = {}): ReproduceOptions => ({
  ...presetsOf(REPRODUCE_OPTIONS),
  ...{ name, out: join(out, name) },
  ...given,
});

async function reproduce(asked: ReproduceOptions): Promise<Reproduction> {
  const made = await runExperiment(asked);
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
    const ablation = await reproduce(options('table-3'));
    expect(ablation.tables[0]?.counts).toMatchObject({ 'weights not public': 13 });
    expect(ablation.miniature?.map(({ name }) => name)).toContain('DD without shift');
    expect(planText(ablation.plan)).toContain('none of its weights were published');
  },
  LONG,
);

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
