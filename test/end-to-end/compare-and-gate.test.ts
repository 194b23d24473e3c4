/** `bench compare`, `gate` and `bless` from the command line on: what they print, their exit codes, and what they refuse. */

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { run as runTasks } from '../../src/commands/run/run.ts';
import { RUN_DEFAULTS } from '../../src/evaluate/options.ts';
import type { ComparisonDocument } from '../../src/gate/compare/comparison.ts';
import { recordLine } from '../../src/store/records/record-file.ts';
import { recordingIo } from './recording-io.ts';
import { refusalOf, runVerb } from './run-verb.ts';

const MODELS = ['random-gpt2', 'random-diffugpt'];
const HOOK_MS = 60_000;

let parent: string;
let runs: string;
let out: string;
let copies = 0;
beforeAll(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  vi.stubEnv('GITHUB_ACTIONS', '');
  vi.stubEnv('GITHUB_STEP_SUMMARY', '');
  parent = await mkdtemp(join(tmpdir(), 'bench-compare-'));
  runs = join(parent, 'runs');
  const options = { ...RUN_DEFAULTS, models: MODELS, tasks: ['piqa', 'lambada'], passes: 9, fixtures: true };
  await runTasks({ ...options, out: runs }, recordingIo());
}, HOOK_MS);
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(parent, { recursive: true });
});
beforeEach(() => {
  out = join(parent, `copy-${copies++}`);
});

async function refusal(name: string, names: readonly string[], flags: Readonly<Record<string, unknown>>) {
  const error = await refusalOf(name, names, flags);
  expect(error.message).not.toContain('\n');
  return error;
}

/** A copy of one run that a test may spoil. */
function copyOf(prefix: string): string {
  const name = readdirSync(runs).find((each) => each.startsWith(prefix));
  if (name === undefined) throw new Error(`no run ${prefix}`);
  cpSync(join(runs, name), join(out, name), { recursive: true });
  return join(out, name);
}

it('compare shows two models of a folder, as table, JSON, Markdown and CSV', async () => {
  const models = MODELS.join();
  const table = await runVerb('compare', [runs], { models, flips: '5' });
  expect(table.code).toBe(0);
  expect(table.stdout).toContain('Reference random-gpt2; candidate random-diffugpt');
  expect(table.stdout).toContain('Flipped items by acc: ');
  const document: ComparisonDocument = JSON.parse((await runVerb('compare', [runs], { models, json: true })).stdout);
  const shown = document.rows.map(({ task, metric }) => `${task} ${metric}`);
  const lambada = ['lambada acc', 'lambada bitsPerByte', 'lambada exactBitsPerByte'];
  expect(shown.toSorted()).toEqual([...lambada, 'piqa acc', 'piqa goldMargin']);
  const csv = (await runVerb('compare', [runs], { models, format: 'csv' })).stdout.trimEnd().split('\n');
  expect(csv).toHaveLength(1 + document.rows.length);
  expect((await runVerb('compare', [runs], { models, format: 'md' })).stdout).toMatch(/^\| task \| metric \|/);
});

it('compare says which interval it used, and takes items of one context together', async () => {
  const given = { models: MODELS.join(), tasks: 'piqa' };
  expect((await runVerb('compare', [runs], { ...given, interval: 'bca' })).stdout).toContain('BCa bootstrap');
  const clustered = await runVerb('compare', [runs], { ...given, clusters: '[/][01]?', json: true });
  const document: ComparisonDocument = JSON.parse(clustered.stdout);
  expect(document).toMatchObject({ interval: 'auto', clusters: '[/][01]?' });
  expect(document.rows[0]?.difference.method).toBe('paired difference, Wilson over 3 clusters');
  const refused = async (flags: object) => (await refusal('compare', [runs], { ...given, ...flags })).message;
  expect(await refused({ interval: 'tango' })).toMatch(/^--interval: expected auto or t or .*, found "?tango/);
  expect(await refused({ clusters: '(' })).toMatch(/^--clusters: expected none or a regular expression.*, found "?\(/);
  expect(await refused({ clusters: 'piqa/[0-3]?', test: 'mcnemar' })).toContain(
    '--test: piqa has items in 5 clusters, and mcnemar is for independent ones',
  );
  expect(await refused({ clusters: 'HumanEval' })).toContain('found none in piqa/0');
});

/** A copy of a run as versions wrote it that did not name clusters. */
function copyWithoutClusters(prefix: string): string {
  const folder = copyOf(prefix);
  const file = join(folder, 'records.jsonl');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const records = lines.map((line) => {
    const { cluster, ...record } = JSON.parse(line).record;
    expect(cluster).toEqual(expect.any(String));
    return recordLine(record);
  });
  writeFileSync(file, records.join(''));
  return folder;
}

it('clusters of runs of earlier versions are from the rows, where those may be read, and are labelled', async () => {
  const old = copyWithoutClusters('random-gpt2-piqa');
  const compared = await runVerb('compare', [old, old], {});
  expect(compared.stdout).toContain('piqa: which items belong together is from the rows of the data set');
  const rules = join(parent, 'no-rules.json');
  writeFileSync(rules, '{}');
  const gated = async (flags: object) =>
    (await runVerb('gate', [], { baseline: old, candidate: old, config: rules, json: true, ...flags })).stdout;
  const warnings = async (flags: object = {}) => JSON.parse(await gated(flags)).warnings;
  expect(await warnings()).toEqual([
    expect.stringMatching(/^piqa: items are taken as independent, for nothing stored/),
  ]);
  expect(await warnings({ clusters: 'none' })).toEqual([
    'piqa: items are taken as independent, as --clusters none asks',
  ]);
  expect(await warnings({ clusters: '\\d' })).toEqual(['piqa: items belong together by --clusters']);

  const blessed = await runVerb('bless', [old], { out });
  expect(blessed.stdout).toContain('items; which items belong together is from the rows of the data set');
  const baseline = join(out, 'random-gpt2-piqa-canonical.json');
  expect(JSON.parse(readFileSync(baseline, 'utf8')).runs[0].clusters).toMatchObject({ from: 'rows' });
  expect(await warnings({ baseline })).toEqual(['piqa: which items belong together is from the rows of the data set']);
});

it('reports and tables say where clusters are from', async () => {
  const folder = join(copyWithoutClusters('random-gpt2-piqa'), '..');
  const report = async (flags: object) => {
    await runVerb('report', [], { runs: folder, format: 'json', out: join(out, 'report.json'), ...flags });
    const { warnings } = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'));
    return warnings
      .map(({ text }: { readonly text: string }) => text)
      .filter((text: string) => /cluster|belong/.test(text));
  };
  expect(await report({})).toEqual([
    expect.stringContaining('piqa: items are taken as independent, for nothing stored'),
  ]);
  expect(await report({ clusters: 'none' })).toEqual([expect.stringContaining('as --clusters none asks')]);
  expect((await refusal('report', [], { runs: folder, clusters: 'goal' })).message).toContain('found none in piqa/0');
  // Repeating the command finds the rows.
  const given = { models: 'random-gpt2', tasks: 'piqa', passes: '9', fixtures: true, out: folder };
  const again = async (flags: object) => (await runVerb('run', [], { ...given, ...flags })).stdout;
  expect(await again({})).toContain('! piqa: which items belong together is from the rows of the data set');
  expect(await again({ clusters: '\\d' })).toContain('! piqa: items belong together by --clusters');
});

it('clusters are named by new runs and their baselines', async () => {
  const run = copyOf('random-gpt2-piqa');
  const compared = await runVerb('compare', [run, run], { json: true });
  expect(JSON.parse(compared.stdout).notes).toEqual([]);
  expect((await runVerb('compare', [run, run], { clusters: 'none' })).stdout).toContain('as --clusters none asks');
  await runVerb('bless', [run], { out: join(out, 'a') });
  await runVerb('bless', [run], { out: join(out, 'b'), clusters: 'none' });
  const clusters = (name: string) =>
    JSON.parse(readFileSync(join(out, name, 'random-gpt2-piqa-canonical.json'), 'utf8')).runs[0].clusters;
  expect(clusters('a')).toMatchObject({ from: 'stored' });
  expect(clusters('b')).toEqual({ from: 'none' });
});

it('bless writes a file that gates read in place of the run', async () => {
  const blessed = await runVerb('bless', [runs], { name: 'both', out, json: true });
  expect(JSON.parse(blessed.stdout).file).toBe(join(out, 'both.json'));
  writeFileSync(join(out, 'rules.json'), '{}');
  const flags = { baseline: join(out, 'both.json'), candidate: runs, config: join(out, 'rules.json') };
  expect((await runVerb('gate', [], flags)).code).toBe(0);
  const crossed = await runVerb('gate', [], {
    ...flags,
    'baseline-model': 'random-gpt2',
    'candidate-model': 'random-diffugpt',
  });
  expect(crossed.code).toBe(4);
  expect(crossed.stdout).toContain('gate: inconclusive');
});

it('bless names a baseline after its single run, and refuses several without a name', async () => {
  await runVerb('bless', [runs], { models: 'random-gpt2', tasks: 'piqa', out });
  expect(readdirSync(out)).toEqual(['random-gpt2-piqa-canonical.json']);
  expect((await refusal('bless', [runs], { out })).message).toBe(
    'expected a name for a baseline of 4 runs, found none',
  );
  expect((await refusal('bless', [runs], { out, name: '../up' })).message).toContain('found "../up"');
});

it('compare refuses to list flips where a format has no place for them', async () => {
  const given = { models: MODELS.join(), flips: '3' };
  const { message, hint } = await refusal('compare', [runs], { ...given, format: 'md' });
  expect(message).toBe('--flips: expected the table, found --format md, which lists none');
  expect(hint).toContain('--json holds every flip');
  expect((await refusal('compare', [runs], { ...given, json: true })).message).toContain(
    '--json, which holds every flip',
  );
});

it('compare needs two sides', async () => {
  expect((await refusal('compare', [runs], {})).message).toContain('expected two runs, or two models of');
  const { message, hint } = await refusal('compare', [runs], { models: 'random-gpt2,nobody' });
  expect(message).toContain('expected runs of model nobody');
  expect(hint).toContain('random-gpt2');
  expect((await refusal('compare', [runs, join(parent, 'nowhere')], {})).message).toContain('found nothing at');
  expect((await refusal('compare', [runs], { models: MODELS.join(), test: 'chi2' })).message).toContain(
    '--test: expected',
  );
});

it('a truncated record file is refused with the line', async () => {
  const folder = copyOf('random-gpt2-piqa');
  const records = join(folder, 'records.jsonl');
  truncateSync(records, readFileSync(records).length - 30);
  for (const error of [
    await refusal('compare', [folder, runs], { tasks: 'piqa' }),
    await refusal('gate', [], { baseline: runs, 'baseline-model': 'random-gpt2', candidate: folder }),
  ]) {
    expect(error.message).toMatch(/line 9: it ends before its line does \(half-written\)/);
    expect(error.code).toBe('store-corrupt');
    expect(error.hint).toContain('computes them again');
  }
});

it('an empty run is refused', async () => {
  const folder = copyOf('random-gpt2-piqa');
  writeFileSync(join(folder, 'records.jsonl'), '');
  expect((await refusal('compare', [folder, folder], {})).message).toContain(
    'expected stored items, found an empty run',
  );
});

it('a run of a newer schema is refused with both formats', async () => {
  const folder = copyOf('random-gpt2-piqa');
  const manifest = readFileSync(join(folder, 'manifest.json'), 'utf8');
  writeFileSync(join(folder, 'manifest.json'), manifest.replace('bench-run/1', 'bench-run/2'));
  expect((await refusal('compare', [folder, runs], {})).message).toContain(
    'has format "bench-run/2", expected "bench-run/1"',
  );
});

it('a file that is no baseline is refused', async () => {
  mkdirSync(out);
  writeFileSync(join(out, 'x.json'), '{"format":"bench-report/1"}');
  const { message } = await refusal('gate', [], { baseline: join(out, 'x.json'), candidate: runs });
  expect(message).toContain('expected a baseline of format "bench-baseline/1", found format "bench-report/1"');
});

it('two runs without a common item are refused', async () => {
  const [a, b] = [join(out, 'a'), join(out, 'b')];
  for (const [folder, first] of [
    [a, 0],
    [b, 5],
  ] as const) {
    cpSync(copyOf('random-gpt2-piqa'), folder, { recursive: true });
    const lines = readFileSync(join(folder, 'records.jsonl'), 'utf8').trimEnd().split('\n');
    writeFileSync(join(folder, 'records.jsonl'), `${lines.slice(first, first + 4).join('\n')}\n`);
  }
  expect((await refusal('compare', [a, b], {})).message).toContain('expected items that both runs have, found none');
});

it('two runs of different tasks are refused', async () => {
  const error = await refusal('compare', [copyOf('random-gpt2-piqa'), copyOf('random-gpt2-lambada')], {});
  expect(error.message).toBe('expected runs of the same task, found piqa and lambada');
});

it('compares what can be read where runs of a folder cannot, and names those', async () => {
  cpSync(runs, out, { recursive: true });
  const [broken] = readdirSync(out).filter((name) => name.startsWith('random-gpt2-lambada'));
  writeFileSync(join(out, broken as string, 'manifest.json'), '{"format":"bench-run/1"}');
  const { stdout } = await runVerb('compare', [out], { models: MODELS.join(','), json: true });
  const { rows, notes }: ComparisonDocument = JSON.parse(stdout);
  expect(rows.map(({ task }) => task)).toContain('piqa');
  expect(notes).toContainEqual(
    expect.stringMatching(/random-gpt2-lambada\S+ is left out, for it cannot be read: .*manifest\.json is damaged: /),
  );
  expect((await refusal('compare', [join(out, broken as string), runs], {})).code).toBe('store-corrupt');
});

it('blesses what can be read and names the rest, unless that was asked for by name', async () => {
  cpSync(runs, out, { recursive: true });
  const folderOf = (prefix: string) => join(out, readdirSync(out).find((name) => name.startsWith(prefix)) as string);
  const [lambada, piqa] = [folderOf('random-gpt2-lambada'), folderOf('random-diffugpt-piqa')];
  writeFileSync(join(lambada, 'manifest.json'), '{"format":"bench-run/1"}');
  truncateSync(join(piqa, 'records.jsonl'), 4000);
  const flags = { name: 'some', out: join(parent, 'blessed') };
  const { code, stdout } = await runVerb('bless', [out], flags);
  expect(code).toBe(0);
  expect(stdout).toContain('  piqa, random-gpt2: 9 items');
  expect(stdout).toContain(`! ${lambada} is left out, for it cannot be read: ${lambada}/manifest.json is damaged: `);
  expect(stdout).toContain(`! ${piqa} is left out, for it cannot be read: expected whole records, found damage: `);
  expect((await refusal('bless', [out], { ...flags, tasks: 'piqa' })).code).toBe('store-corrupt');
});

it('a gate goes on without an unreadable run only where it cannot be what is judged', async () => {
  cpSync(runs, out, { recursive: true });
  const folderOf = (prefix: string) => join(out, readdirSync(out).find((name) => name.startsWith(prefix)) as string);
  const whole = [readdirSync(runs).find((name) => name.startsWith('random-gpt2-piqa'))].map((name) =>
    join(runs, name as string),
  );
  const sides = { baseline: whole[0], candidate: out, 'candidate-model': 'random-gpt2', json: true };
  const lambada = folderOf('random-gpt2-lambada');
  truncateSync(join(lambada, 'records.jsonl'), 4000);
  const { code, stdout } = await runVerb('gate', [], sides);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).warnings).toContain(
    `${lambada} cannot be read and is left out, for the baseline has no run of lambada`,
  );
  const named = (folder: string) => `expected runs that can be read, as the gate may need each, found ${folder}: `;
  const turned = await refusal('gate', [], { ...sides, baseline: out, 'baseline-model': 'random-gpt2' });
  expect(turned).toMatchObject({ code: 'store-corrupt', message: expect.stringContaining(named(lambada)) });
  writeFileSync(join(lambada, 'manifest.json'), '{"format":"bench-run/1"}');
  expect((await refusal('gate', [], sides)).message).toContain(named(lambada));
  rmSync(lambada, { recursive: true });
  const piqa = folderOf('random-gpt2-piqa');
  truncateSync(join(piqa, 'records.jsonl'), 4000);
  expect((await refusal('gate', [], sides)).message).toContain(named(piqa));
});
