/** Runs, sweeps and ablations of one folder: none is in the way of another, and each is found again. */

import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { refusalOf, runVerb } from './run-verb.ts';

const HOOK_MS = 120_000;
const MODELS = 'random-gpt2,random-diffugpt';

let parent: string;
let out: string;
const texts: Record<string, string> = {};

// The sequence of README.
beforeAll(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  vi.stubEnv('GITHUB_ACTIONS', '');
  vi.stubEnv('GITHUB_STEP_SUMMARY', '');
  parent = await mkdtemp(join(tmpdir(), 'bench-finding-'));
  out = join(parent, 'runs');
  const shared = { fixtures: true, passes: '9', out };
  for (const [verb, flags] of [
    ['run', { models: MODELS, tasks: 'piqa,lambada' }],
    ['sweep', { models: MODELS, tasks: 'piqa', steps: '1,4,64' }],
    ['ablate', { models: 'random-diffugpt', tasks: 'piqa,lambada', attention: '0,0.5,1' }],
  ] as const) {
    texts[verb] = (await runVerb(verb, [], { ...shared, ...flags })).stdout;
  }
}, HOOK_MS);
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(parent, { recursive: true });
});

it('sweep and ablate print their folders and the next command', () => {
  for (const verb of ['sweep', 'ablate']) {
    const [, stored = ''] = (texts[verb] ?? '').split('Stored as runs:\n');
    const folders = stored.split('\n').filter((line) => /-canonical-[0-9a-f]{12}$/.test(line));
    expect(folders).toHaveLength(verb === 'sweep' ? 2 : 12);
    expect(stored).toContain(`Next: bench report --runs ${out}`);
  }
  expect(texts.ablate).toMatch(/ {2}piqa, random-diffugpt, attention 0\.5, shift off +\S+runs\/random-diffugpt-piqa/);
});

it('compare takes the run that bench run would have made, at the largest T, and says so', async () => {
  const { stdout } = await runVerb('compare', [out], { models: MODELS, json: true });
  const { rows, notes } = JSON.parse(stdout);
  expect(rows.map(({ task }: { task: string }) => task)).toEqual(expect.arrayContaining(['piqa', 'lambada']));
  expect(notes).toContainEqual(
    expect.stringMatching(/^piqa, random-diffugpt: the run with T = 1,4,64, attention 1, shift on is taken, not /),
  );
  expect(notes).toContainEqual(
    expect.stringMatching(/^lambada, random-diffugpt: the run with attention 1, shift on is taken, not .* and 2 more$/),
  );
});

it('compare takes the one that flags choose', async () => {
  const chosen = await runVerb('compare', [out], {
    models: MODELS,
    tasks: 'piqa',
    steps: '32',
    attention: '1',
    shift: 'on',
    json: true,
  });
  expect(JSON.parse(chosen.stdout).notes.join('\n')).not.toContain('is taken');
  const error = await refusalOf('compare', [out], { models: MODELS, tasks: 'piqa', steps: '8' });
  expect(error.message).toBe(`expected runs of random-diffugpt on piqa with T = 8 in ${out}, found none`);
  expect(error.hint).toContain('T = 1,4,64');
});

it('gates find their pairs without being told', async () => {
  const rules = join(parent, 'rules.json');
  writeFileSync(rules, '{}');
  const baseline = join(parent, 'baselines', 'main.json');
  const chosen = { steps: '32', attention: '1', shift: 'on' };
  await runVerb('bless', [out], { ...chosen, name: 'main', out: join(parent, 'baselines') });
  const gated = async (flags: object) =>
    JSON.parse((await runVerb('gate', [], { candidate: out, config: rules, json: true, ...flags })).stdout);
  const { checks, warnings } = await gated({ baseline });
  expect(checks.map(({ difference }: { difference: { value: number } }) => difference.value)).toEqual([0, 0, 0, 0]);
  expect(warnings.join('\n')).not.toContain('is taken');
  const crossed = await gated({ baseline: out, 'baseline-model': 'random-gpt2', 'candidate-model': 'random-diffugpt' });
  expect(crossed.warnings.join('\n')).toContain('T = 1,4,64, attention 1, shift on is taken, not');
});

it('a gate takes the run in the dtype of the baseline, and leaves out what flags leave out', async () => {
  const [runs, rules] = [join(parent, 'dtypes'), join(parent, 'no-rules.json')];
  writeFileSync(rules, '{}');
  for (const dtype of ['int8', 'float32']) {
    await runVerb('run', [], {
      models: 'random-diffugpt',
      tasks: 'piqa',
      fixtures: true,
      passes: '3',
      dtype,
      out: runs,
    });
  }
  const baseline = join(parent, 'baselines', 'exact.json');
  await runVerb('bless', [runs], { dtype: 'float32', name: 'exact', out: join(parent, 'baselines') });
  const sides = { baseline, candidate: runs, config: rules };
  const { verdict, checks } = JSON.parse((await runVerb('gate', [], { ...sides, json: true })).stdout);
  expect([verdict, checks[0].reason]).toEqual(['pass', 'the same weights gave the same values']);
  for (const [flag, value, words] of [
    ['dtype', 'int8', 'dtype int8'],
    ['device', 'webgpu', 'device webgpu'],
    ['sampler', 'threshold:threshold=0.9', 'sampler threshold:threshold=0.9'],
    ['steps', '8', 'T = 8'],
  ] as const) {
    const { message, hint } = await refusalOf('gate', [], { ...sides, [flag]: value });
    expect(hint).toMatch(/^those there: canonical, .*T = 3.*; float32 on cpu$/);
    expect(message).toMatch(new RegExp(`^expected runs .*with ${words} in ${baseline}, found none$`));
  }
});

it('bless refuses several readings of one task, and lists them with what differs', async () => {
  const error = await refusalOf('bless', [out], { models: 'random-diffugpt', name: 'x', out: parent });
  expect(error.message).toBe('lambada: expected one run of random-diffugpt to bless, found 6');
  const lines = (error.hint ?? '').split('\n');
  expect(lines[0]).toBe('choose with --attention, --shift, or name a folder:');
  expect(lines).toHaveLength(7);
  expect(lines[1]).toMatch(
    /^ {2}attention (0|0\.5|1), shift (on|off) +\/.*random-diffugpt-lambada-canonical-[0-9a-f]{12}$/,
  );
  const unlike = await refusalOf('bless', [out], {
    tasks: 'piqa',
    name: 'x',
    out: parent,
    attention: '1',
    shift: 'on',
  });
  expect(unlike.hint).toContain('choose with --steps, or name a folder:\n  T = ');
});

it('list runs says what, when, how many items, state and folder', async () => {
  const { stdout } = await runVerb('list', ['runs'], { runs: out });
  expect(stdout).toMatch(/^when \(UTC\) +n +state +what, folder$/m);
  expect(stdout).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d +\d+ +complete +piqa, random-diffugpt: canonical, T = 1,4,64, built-in rows\n +\S+random-diffugpt-piqa-canonical-[0-9a-f]{12}$/m,
  );
  expect(stdout).toMatch(/complete +piqa, random-diffugpt: canonical, T = 32, attention 0\.5, shift off,\s+built-in/);
  const { runs } = JSON.parse((await runVerb('list', ['runs'], { runs: out, json: true })).stdout);
  expect(runs.map((run: { folder: string }) => run.folder).sort()).toEqual(
    readdirSync(out).map((name) => join(out, name)),
  );
  expect(runs[0]).toMatchObject({ state: 'complete', task: expect.any(String), started: expect.stringMatching(/Z$/) });
  expect((await runVerb('list', ['runs'], { runs: join(parent, 'none') })).stdout).toContain('No runs in');
});

it('list runs names a run that cannot be read, and an unfinished one', async () => {
  const copy = join(parent, 'spoilt');
  mkdirSync(copy);
  await runVerb('run', [], { models: 'random-gpt2', tasks: 'piqa,lambada', fixtures: true, out: copy });
  const [lambada = '', piqa = ''] = readdirSync(copy).sort();
  writeFileSync(join(copy, piqa, 'manifest.json'), '{');
  const records = join(copy, lambada, 'records.jsonl');
  writeFileSync(records, `${readFileSync(records, 'utf8').split('\n').slice(0, 3).join('\n')}\n`);
  const { stdout } = await runVerb('list', ['runs'], { runs: copy });
  expect(stdout).toMatch(/ 3 +of \d+ +lambada/);
  expect(stdout).toMatch(/unreadable/);
  renameSync(copy, `${copy}-done`);
});

it('show finds a run by its model and settings', async () => {
  const shown = async (names: readonly string[], flags: Record<string, string>) =>
    (await runVerb('show', names, flags)).stdout;
  expect(await shown([out], { models: 'random-diffugpt', tasks: 'lambada', attention: '0.5', shift: 'off' })).toContain(
    'attention 0.5',
  );
  const several = await refusalOf('show', [out], {
    models: 'random-diffugpt',
    tasks: 'piqa',
    attention: '1',
    shift: 'on',
    steps: '1,4',
  });
  expect(several.message).toContain('with these settings, found none');
  const error = await refusalOf('show', [out], { tasks: 'piqa', steps: '32', attention: '1' });
  expect(error.message).toMatch(/^expected one run, found 3 that/);
  expect(error.hint).toMatch(/^choose with --models, --steps, --attention, --shift, or name a folder|^choose with /);
  expect((await refusalOf('show', [join(parent, 'nope')], {})).message).toContain(`found nothing at ${parent}/nope`);
});

it('models answer to the names that tables show, where those are theirs alone', async () => {
  const moved = join(parent, 'moved');
  for (const path of ['models/random-gpt2', './models/random-diffugpt']) {
    await runVerb('run', [], { models: path, tasks: 'piqa', fixtures: true, passes: '9', out: moved });
  }
  const { stdout } = await runVerb('compare', [moved], { models: MODELS });
  expect(stdout).toContain('Reference random-gpt2; candidate random-diffugpt');
  const file = join(parent, 'short.md');
  await runVerb('report', [], { runs: moved, models: 'random-gpt2', format: 'md', out: file });
  expect(readFileSync(file, 'utf8')).toContain('random-gpt2');
  await runVerb('run', [], { models: 'random-gpt2', tasks: 'piqa', fixtures: true, out: moved });
  await runVerb('run', [], {
    models: `${process.cwd()}/models/random-gpt2`,
    tasks: 'lambada',
    fixtures: true,
    out: moved,
  });
  const many = await refusalOf('report', [], {
    runs: moved,
    models: 'models/random-gpt2,random',
    format: 'md',
    out: file,
  });
  expect(many.message).toContain('"random"');
});

it('report takes the same choices', async () => {
  const file = join(parent, 'report.json');
  await runVerb('report', [], { runs: out, tasks: 'piqa', steps: '1,4,64', format: 'json', out: file });
  expect(readFileSync(file, 'utf8')).toContain('random-diffugpt');
  const { leftOut } = JSON.parse(readFileSync(file, 'utf8'));
  expect(leftOut).toEqual([]);
});

it('verbs without flags that choose a run name the folders instead', async () => {
  for (const [verb, names] of [
    ['replay', [out]],
    ['drift', [out, out]],
  ] as const) {
    const { message, hint } = await refusalOf(verb, names, {});
    expect(message).toMatch(/^expected one run, found \d+ that /);
    expect(hint).toMatch(/^name one of these folders:\n {2}.*random-/);
    expect(hint).not.toContain('--');
  }
});

it('compare says of a path without runs that it holds none, before it asks for two', async () => {
  const empty = join(parent, 'empty');
  mkdirSync(empty);
  expect((await refusalOf('compare', [empty], {})).message).toBe(
    `expected a run, or folders of runs, in ${empty}, found no manifest.json`,
  );
  expect((await refusalOf('compare', [out], {})).message).toMatch(
    /^expected two runs, or two models of .*, found neither$/,
  );
});
