/** `bench run --explain` and `--emulate-leak`: both ends are the stored protocols, and the leak is T of LAMBADA's last word. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { explain, run } from '../../src/commands/run/run.ts';
import { leakedSteps } from '../../src/evaluate/leaked-steps.ts';
import { RUN_DEFAULTS, type RunOptions } from '../../src/evaluate/options.ts';
import { SAVINGS } from '../../src/explain/toggles.ts';
import type { ExplainDocument, ExplainedToggle } from '../../src/report/view/explain.ts';
import { readRun } from '../../src/store/read-run.ts';
import type { StoredRun } from '../../src/store/stored-run.ts';
import { LOADING_MS, loadPublished, present, shared, skipped } from '../golden/published-tokenizers.ts';
import { recordingIo } from './recording-io.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BENCH = join(ROOT, 'bin', 'bench.js');
const STORIES = join(shared, 'models/stories260K-hf');

let out: string;
beforeAll(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  out = await mkdtemp(join(tmpdir(), 'bench-explain-'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(out, { recursive: true });
});

const options = (changes: Partial<RunOptions>): RunOptions => ({
  ...RUN_DEFAULTS,
  models: ['random-gpt2', 'random-diffugpt'],
  passes: 9,
  steps: [8],
  fixtures: true,
  out: join(out, 'runs'),
  json: true,
  ...changes,
});

async function explained(changes: Partial<RunOptions>): Promise<ExplainDocument['explanations']> {
  const io = recordingIo();
  expect(await explain(options(changes), io)).toBe(0);
  return JSON.parse(io.written.stdout).explanations;
}

async function stored(changes: Partial<RunOptions>): Promise<readonly StoredRun[]> {
  const io = recordingIo();
  expect(await run(options(changes), io)).toBe(0);
  const { runs } = JSON.parse(io.written.stdout) as { runs: readonly { path: string }[] };
  return Promise.all(runs.map(({ path }) => readRun(path)));
}

const accuracy = ({ summary }: StoredRun | { summary: StoredRun['summary'] }) => summary.metrics.acc?.value;
const named = (toggles: readonly ExplainedToggle[], name: string): ExplainedToggle => {
  const found = toggles.find(({ toggle }) => toggle === name);
  if (found === undefined) throw new RangeError(name);
  return found;
};

it('shows beside the differences what racing and precision each move, where they are asked for, as the stored runs have it', async () => {
  const race = { models: ['random-diffugpt'], tasks: ['winogrande'], limit: 4, passes: 'auto', mostPasses: 5 } as const;
  const changes = { ...race, precision: 'mixed' } as const;
  const [found] = await explained(changes);
  const [raced] = await stored(race);
  const toggle = named(found?.toggles ?? [], 'racing');
  expect(toggle.after?.value).toBe(raced === undefined ? null : accuracy(raced));
  expect(named(found?.toggles ?? [], 'precision').reason).toBe('all is computed in float32');
  const causal = { models: ['tiny-gpt2'], tasks: ['stories-choice'], limit: 80, fixtures: false } as const;
  const [left] = await explained({ ...causal, precision: 'mixed' });
  expect(named(left?.toggles ?? [], 'precision')).toMatchObject({ reason: null, flips: 0 });
  expect(toggle.before).toEqual(named(found?.toggles ?? [], 'empty-steps').before);
  const sum = (found?.toggles ?? []).filter((each) => each.from === 'canonical' && !(each.toggle in SAVINGS));
  expect(found?.sumOfSingles).toBeCloseTo(
    sum.reduce((total, { difference }) => total + (difference?.value ?? 0), 0),
    12,
  );
});

describe.each(['piqa', 'hellaswag', 'siqa', 'winogrande', 'lambada-decoding'])('%s', (task) => {
  it('begins at the stored canonical run and ends at the stored paper run', async () => {
    const explanations = await explained({ tasks: [task] });
    const canonical = await stored({ tasks: [task] });
    const paper = await stored({ tasks: [task], protocol: 'paper' });
    explanations.forEach(({ family, all, toggles, items, metric }, i) => {
      const [first, last] = [canonical[i] as StoredRun, paper[i] as StoredRun];
      expect([first.manifest.model.family, items, metric]).toEqual([family, first.records.length, 'acc']);
      expect(all.before?.value).toBe(accuracy(first));
      const drawn = toggles.find(({ toggle, reason }) => toggle === 'drawn-masks' && reason === null);
      expect((drawn ?? all).after?.value).toBe(accuracy(last));
      for (const each of toggles.filter(({ reason }) => reason === null)) {
        expect(each.difference?.value).toBeCloseTo((each.after?.value ?? 0) - (each.before?.value ?? 0), 12);
        expect(each.flips).toBeGreaterThanOrEqual(Math.abs(each.difference?.value ?? 0) * items - 1e-9);
        expect(each.difference).toMatchObject({ n: items, unscored: 0 });
      }
    });
  });
});

it('adds up single differences, and stores nothing', async () => {
  const [causal, diffusion] = await explained({ tasks: ['hellaswag'], out: join(out, 'nowhere') });
  expect(existsSync(join(out, 'nowhere'))).toBe(false);
  const singles = diffusion?.toggles.filter(({ from, reason }) => from === 'canonical' && reason === null) ?? [];
  expect(singles.map(({ toggle }) => toggle)).toEqual(['spacing', 'weighting', 'empty-steps']);
  expect(diffusion?.sumOfSingles).toBeCloseTo(
    singles.reduce((sum, { difference }) => sum + (difference?.value ?? 0), 0),
    12,
  );
  expect(named(causal?.toggles ?? [], 'empty-steps').reason).toContain('mask nothing');
  expect(named(diffusion?.toggles ?? [], 'bos').reason).toContain('adds no BOS');
});

it('takes twins together, unless it is told not to', async () => {
  const [twins] = await explained({ tasks: ['winogrande'] });
  const [single] = await explained({ tasks: ['winogrande'], clusters: 'none' });
  expect([twins?.clusters, single?.clusters]).toEqual(['stored', 'none']);
  expect(twins?.all.before?.clusters).toBeLessThan(twins?.items ?? 0);
  expect(single?.all.before?.clusters).toBeUndefined();
});

it('shows the share of empty steps in the score of a single answer', async () => {
  const [, diffusion] = await explained({ tasks: ['lambada'], steps: [8] });
  const { before, after, flips } = named(diffusion?.toggles ?? [], 'empty-steps');
  expect(diffusion?.metric).toBe('nats');
  expect(flips).toBeNull();
  const ratio = (after?.value ?? 0) / (before?.value ?? 1);
  expect(ratio).toBeGreaterThan(0.56); // one token at T = 8
  expect(ratio).toBeLessThan(0.96); // ten
});

it.skipIf(!existsSync(STORIES))(
  'toggles BOS where the tokenizer adds one (skipped where ../shared is not)',
  async () => {
    const both = await explained({ models: [STORIES], tasks: ['hellaswag', 'piqa'] });
    for (const { toggles } of both) expect(named(toggles, 'bos').reason).toBeNull();
    const asDiffusion = { models: [STORIES], family: 'diffusion', maskId: 0, tasks: ['piqa'] } as const;
    const [diffusion] = await explained(asDiffusion);
    expect(named(diffusion?.toggles ?? [], 'bos').reason).toBeNull();
    const [paper] = await stored({ ...asDiffusion, protocol: 'paper' });
    expect(named(diffusion?.toggles ?? [], 'drawn-masks').after?.value).toBe(accuracy(paper as StoredRun));
  },
);

describe('--emulate-leak', () => {
  it('scores every choice with the T of the last LAMBADA word, as its own run', async () => {
    const given = { models: ['random-diffugpt'], tasks: ['hellaswag', 'lambada'], protocol: 'paper' } as const;
    const [leaked, untouched] = await stored({ ...given, emulateLeak: true });
    const settings = leaked?.manifest.settings;
    const T = settings?.leakedSteps ?? 0;
    expect(settings?.steps).toEqual([T]);
    expect(untouched?.manifest.settings).toMatchObject({ steps: [8] });
    expect(untouched?.manifest.settings.leakedSteps).toBeUndefined();
    const [asked] = await stored({ ...given, tasks: ['hellaswag'], steps: [T] });
    expect(asked?.records).toEqual(leaked?.records);
    expect(asked?.runId).not.toBe(leaked?.runId);
    const [plain] = await stored({ ...given, tasks: ['hellaswag'] });
    expect(plain?.manifest.settings.steps).toEqual([8]); // T36: nothing leaks unless asked
  });

  it.skipIf(!present)(
    `is T = 1 with the GPT-2 vocabulary and 3 with LLaMA's${skipped}`,
    async () => {
      const published = await loadPublished();
      const dataDir = join(shared, 'data');
      const checkpoint = { architecture: { contextLength: 1024 } } as Parameters<typeof leakedSteps>[0]['checkpoint'];
      const leak = (name: string) =>
        leakedSteps({ checkpoint, tokenizer: published(name) }, { dataDir, fixtures: false });
      expect([await leak('gpt2'), await leak('llama')]).toEqual([1, 3]);
    },
    LOADING_MS,
  );

  it('is refused under other protocols, and the table says which toggle is which', () => {
    const bench = (...args: readonly string[]) =>
      spawnSync(
        process.execPath,
        [BENCH, 'run', '--models', 'random-diffugpt', '--tasks', 'piqa', '--fixtures', ...args],
        {
          cwd: out,
          encoding: 'utf8',
        },
      );
    expect(bench('--emulate-leak')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--emulate-leak: expected --protocol paper'),
    });
    const { status, stdout, stderr } = bench('--explain', '--limit', '4', '--steps', '4', '--passes', '5');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^piqa, random-diffugpt \(diffusion\): accuracy, n 4, T = 4, seed 0, leaked T = \d+\n/);
    expect(stdout).toMatch(/\nempty-steps +\d+\.\d +\d+\.\d +\S+ \[.*\] +\d +canonical\n/);
    expect(stdout).toContain('empty-steps (Q2): A step that masks no token counts as 0');
    expect(stdout).toContain('Single differences from canonical add up to');
  });
});

it('doctor looks at a model through the command line', () => {
  const bench = (...args: readonly string[]) =>
    spawnSync(process.execPath, [BENCH, 'doctor', ...args], { cwd: out, encoding: 'utf8' });
  const text = bench('random-diffugpt');
  expect([text.status, text.stderr]).toEqual([0, '']);
  expect(text.stdout).toMatch(/ok +bidirectional +the first row changes with the last token/);
  const document = JSON.parse(bench('random-gpt2', '--json').stdout);
  expect(document).toMatchObject({ format: 'bench-doctor/1', family: 'autoregressive' });
  expect(JSON.parse(bench('--json').stdout).findings.length).toBeGreaterThan(3);
  expect(bench('tiny-gtp2')).toMatchObject({ status: 2, stderr: expect.stringContaining('did you mean tiny-gpt2') });
});
