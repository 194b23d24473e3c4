/** `--precision mixed`: most passes in int8, on the trained checkpoints. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { executeRuns, openForRuns, prepareRuns } from '../../src/evaluate/execute-runs.ts';
import { SILENT } from '../../src/evaluate/observer.ts';
import { RUN_DEFAULTS, type RunOptions } from '../../src/evaluate/options.ts';
import { inPrecision } from '../../src/evaluate/precision/mixed-precision.ts';
import { type OpenedModel, readingOf } from '../../src/evaluate/run-settings.ts';
import { settingsText, tellApart } from '../../src/gate/measured/tell-apart.ts';
import { BeyondReach } from '../../src/lm/likelihood/mixed/answer-mixed.ts';
import type { RunOutcome } from '../../src/runner/run.ts';
import type { StoredRun } from '../../src/store/stored-run.ts';
import { refusalOf, runVerb } from './run-verb.ts';

let out: string;
beforeEach(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  out = await mkdtemp(join(tmpdir(), 'bench-mixed-'));
  vi.stubEnv('BENCH_CACHE_DIR', join(out, 'cache'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(out, { recursive: true });
});

const CHOICES = { models: ['tiny-gpt2'], tasks: ['stories-choice'], limit: 80 } as const;
const BOUNDS = {
  models: ['tiny-diffugpt'],
  tasks: ['winogrande'],
  fixtures: true,
  limit: 2,
  passes: 9,
  steps: [1, 4],
} as const;

async function stored(options: Partial<RunOptions>, observer = SILENT): Promise<StoredRun> {
  const all = { ...RUN_DEFAULTS, out: join(out, 'runs'), precision: 'mixed', ...options } as RunOptions;
  const [executed] = await executeRuns(await prepareRuns(all, observer), all, observer);
  if (executed === undefined) throw new Error('no run');
  return executed.stored;
}

const alternativesOf = ({ records }: StoredRun) =>
  records.flatMap(({ response }) =>
    response.kind === 'answered' ? Object.values(response.views).flatMap(({ alternatives }) => alternatives) : [],
  );

const decisions = ({ records }: StoredRun) =>
  records.map(({ score }) =>
    score.kind === 'scored' ? Object.entries(score.values).filter(([name]) => name.startsWith('acc')) : score,
  );

it('chooses as float32 does, says in what each value was computed, and leaves every byte in any order', async () => {
  const notes: string[] = [];
  const run = await stored(CHOICES, { ...SILENT, noted: (sentence) => notes.push(sentence) });
  expect(run.manifest.settings.precision).toMatchObject({ cheap: 'int8', rule: 'lead-reach/1', share: 0.5 });
  expect(notes.join()).toMatch(/of \d+ items held out int8 alone decides \d+ otherwise/);
  expect(new Set(alternativesOf(run).map(({ precision }) => precision))).toEqual(new Set(['int8', 'float32']));
  const uniform = await stored({ ...CHOICES, precision: 'uniform' });
  expect(decisions(run)).toEqual(decisions(uniform));
  expect(alternativesOf(uniform).every(({ precision }) => precision === undefined)).toBe(true);
  const shuffled = await stored({ ...CHOICES, order: 'shuffled', batchTokens: 200, out: join(out, 'again') });
  expect(shuffled.manifest).toEqual(run.manifest);
  expect(shuffled.records).toEqual(run.records);
  expect((await runVerb('replay', [run.folder], {})).code).toBe(0);
  expect(tellApart([run, uniform].map(({ manifest }) => manifest)).texts[0]).toContain('mixed int8 and float32');
  expect(settingsText(run.manifest)).toContain('mixed int8 and float32');
  const compared = await runVerb('compare', [uniform.folder, run.folder], {});
  expect(compared.stdout).toContain('weights float32 against mixed int8 and float32');
});

it('races in int8 as in float32, and leaves every byte where it is stopped, resumed and shuffled', async () => {
  const races = { models: ['tiny-diffugpt'], tasks: ['stories-choice'], limit: 80, passes: 'auto' } as const;
  const run = await stored({ ...races, mostPasses: 9 });
  expect(run.manifest.settings.precision).toMatchObject({ cheap: 'int8', rule: 'raced-again/1', share: 0.5 });
  expect(run.manifest.settings.race).toMatchObject({ ranking: 'nelbo/sum' });
  expect(new Set(alternativesOf(run).map(({ precision }) => precision))).toEqual(new Set(['int8', 'float32']));
  const uniform = await stored({ ...races, mostPasses: 9, precision: 'uniform' });
  const winner = ({ score }: StoredRun['records'][number]) =>
    score.kind === 'scored' && !score.undecided && score.answer;
  run.records.forEach((record, i) => {
    const other = uniform.records[i] as typeof record;
    if (winner(record) !== false && winner(other) !== false) expect(winner(record)).toBe(winner(other));
  });
  const again = { ...races, mostPasses: 9, order: 'shuffled', out: join(out, 'again') } as const;
  const controller = new AbortController();
  const progress = { update: () => controller.abort(), stop: () => {} };
  await stored(again, { ...SILENT, signal: controller.signal, started: () => progress });
  const resumed = await stored(again);
  expect(resumed.environment.sessions.length).toBe(2);
  expect(resumed.records).toEqual(run.records);
});

it('corrects bounds in int8 by float32, and leaves what is enumerated to it', async () => {
  const [run, uniform] = [await stored(BOUNDS), await stored({ ...BOUNDS, precision: 'uniform' })];
  expect(run.manifest.settings.precision).toEqual({ cheap: 'int8', rule: 'corrected-strata/1', share: 0.125 });
  const [mixed, exact] = [alternativesOf(run), alternativesOf(uniform)];
  expect(mixed.some(({ precision }) => precision === 'mixed')).toBe(true);
  for (const [i, { precision, quantities, maskedCrossEntropy }] of mixed.entries()) {
    const reference = exact[i]?.quantities ?? {};
    if (precision === undefined) {
      expect(quantities).toEqual(reference);
      continue;
    }
    expect(maskedCrossEntropy).toBeUndefined();
    for (const name of ['nelbo', 'nelbo@1', 'nelbo@4', 'official@4'] as const) {
      const [found, wanted] = [quantities[name], reference[name]];
      // Both hold the same masks: what is between them is the chance of the strata alone.
      expect(Math.abs((found?.value ?? 0) - (wanted?.value ?? 0))).toBeLessThan(4 * (found?.stderr ?? 0) + 1e-6);
    }
  }
});

it('is float32, and says so, where all masks of every answer are run', async () => {
  const notes: string[] = [];
  const short = { models: ['tiny-diffugpt'], tasks: ['stories-choice'], limit: 10 } as const;
  const run = await stored(short, { ...SILENT, noted: (sentence) => notes.push(sentence) });
  expect(run.manifest.settings.precision).toBeUndefined();
  expect(notes).toContain(
    '--precision mixed: stories-choice, tiny-diffugpt: all masks of every answer are run, so all is float32',
  );
});

it('falls back to float32, and says so, where int8 moves an item too far; what it decided is gone', async () => {
  const options = { ...RUN_DEFAULTS, ...CHOICES, precision: 'mixed', out } as RunOptions;
  const { models, tasks, engine, cheap = null } = await prepareRuns(options);
  const [opened, asked] = [models[0] as OpenedModel, tasks[0]];
  if (asked === undefined) throw new Error('a task is named');
  const model = await openForRuns(opened, { engine, cheap }, options, SILENT.signal);
  const inputs = { asked, opened, model, reading: readingOf(opened.checkpoint, options), cheap, out };
  const notes: string[] = [];
  const observer = { ...SILENT, noted: (sentence: string) => void notes.push(sentence) };
  const rules: (string | null)[] = [];
  const outcome = {} as RunOutcome;
  const run = () =>
    inPrecision(inputs, options, observer, async (mixed) => {
      rules.push(mixed?.rule ?? null);
      if (mixed !== null) throw new BeyondReach('not-supported', 'int8 moved an item');
      return outcome;
    });
  try {
    expect(await run()).toBe(outcome);
    expect(rules).toEqual(['lead-reach/1', null]);
    expect(notes.at(-1)).toBe('int8 moved an item; all is computed in float32');
    expect(await run()).toBe(outcome);
    expect(rules).toEqual(['lead-reach/1', null, null]);
  } finally {
    await model.dispose();
  }
});

it('refuses another dtype in a sentence', async () => {
  const refused = await refusalOf('run', [], { models: 'tiny-gpt2', precision: 'mixed', dtype: 'int8' });
  expect(refused.message).toMatch(/--precision mixed: expected --dtype float32, .*found --dtype int8/);
});

it('says where no engine computes in fewer bits, or a task has nothing to decide', async () => {
  const notes: string[] = [];
  const observer = { ...SILENT, noted: (sentence: string) => void notes.push(sentence) };
  const run = await stored({ ...CHOICES, limit: 3, engine: 'reference' }, observer);
  expect(run.manifest.settings.precision).toBeUndefined();
  expect(notes.join()).toContain('--precision mixed: engine reference computes in neither int8 nor bfloat16');
  await stored({ ...CHOICES, limit: 3 }, observer);
  expect(notes.join()).toContain('3 items are too few to hold some out, so all is float32');
});
