import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { HarnessError } from '../../core/errors.ts';
import { RUN_DEFAULTS, RUN_OPTIONS } from '../../evaluate/options.ts';
import { flagOf } from '../../options/option.ts';
import type { Given } from '../../options/read-options.ts';
import { verb as doctor } from '../check/doctor.ts';
import { SCORE_DEFAULTS, verb as score } from '../score/score.ts';
import { settled } from '../shell/command-line.ts';
import { verb } from './run.ts';
import { verb as speed } from './speed.ts';
import { verb as unconditional } from './unconditional.ts';

const resolveRunOptions = (flags: Given) => settled(verb, flags);
const flagsOf = (options: object): string[] => Object.keys(options).map((key) => flagOf(key));

const VALUES: Readonly<Record<string, unknown>> = {
  models: 'a,b',
  model: 'a',
  tasks: 'piqa',
  protocol: 'paper',
  limit: '5',
  fixtures: true,
  'unsafe-no-sandbox': true,
  'data-dir': 'data',
  clusters: 'none',
  out: 'runs',
  json: true,
  steps: '8,1',
  passes: '16',
  risk: '0.01',
  'most-passes': '33',
  draws: '3',
  score: 'duel:margin:block=4,duel:confidence',
  sampler: 'entropy,threshold:block=32',
  seed: '3',
  attention: '.5',
  family: 'diffusion',
  'mask-id': '7',
  shift: 'off',
  'block-length': '4',
  tokenizer: 'folder',
  adapter: 'lora',
  engine: 'reference',
  threads: '1',
  dtype: 'float32',
  precision: 'uniform',
  device: 'cpu',
  'batch-tokens': '512',
  order: 'shuffled',
  shard: '3/16',
  queue: 'redis://127.0.0.1:6379',
  'queue-lock': '60',
  trace: true,
  explain: true,
  'emulate-leak': true,
};

const NOT_PLANNED = { plan: false, planRate: null };

async function refusal(flags: Readonly<Record<string, unknown>>): Promise<string> {
  const error = await resolveRunOptions(flags).catch((caught: unknown) => caught);
  if (!(error instanceof HarnessError)) return expect.fail(`expected a refusal, found ${String(error)}`);
  return error.hint === undefined ? error.message : `${error.message} | ${error.hint}`;
}

it('fills in the defaults', async () => {
  expect(await resolveRunOptions({ models: 'a,b,a' })).toEqual({
    ...RUN_DEFAULTS,
    models: ['a', 'b'],
    dumpRequests: null,
    ...NOT_PLANNED,
  });
  expect(await settled(score, { model: 'a' }, ['x.jsonl'])).toEqual({ ...SCORE_DEFAULTS, file: 'x.jsonl', model: 'a' });
});

it('reads every flag that help shows', async () => {
  const given = Object.fromEntries(Object.entries(VALUES).filter(([key]) => key !== 'model'));
  // Examples go with a protocol of their own, and items are chosen in one way.
  const shots = { shots: '2', 'shots-from': 'train.jsonl' };
  const subsets = { offset: '3', sample: '4', items: 'ids.txt' };
  const bracket = { bracket: '8' }; // of what the paper's protocol has none
  expect(Object.keys({ ...given, ...shots, ...subsets, ...bracket }).sort()).toEqual(flagsOf(RUN_OPTIONS).sort());
  expect(await resolveRunOptions({ ...shots, models: 'a', tasks: 'piqa', protocol: 'lm-eval' })).toEqual({
    ...RUN_DEFAULTS,
    ...{
      models: ['a'],
      tasks: ['piqa'],
      protocol: 'lm-eval',
      shots: 2,
      shotsFrom: 'train.jsonl',
      dumpRequests: null,
      ...NOT_PLANNED,
    },
  });
  for (const [key, value] of Object.entries({ offset: 3, sample: 4, items: 'ids.txt', bracket: 8 })) {
    const flags = { models: 'a', tasks: 'piqa', [key]: String(value) };
    expect(await resolveRunOptions(flags)).toMatchObject({ [key]: value });
  }
  expect(await resolveRunOptions({ models: 'a', explain: true })).toMatchObject({ explain: true });
  const { explain: _alone, ...run } = given;
  expect(await resolveRunOptions(run)).toEqual({
    ...{ offset: 0, sample: null, items: null, bracket: null },
    shots: null,
    shotsFrom: null,
    dumpRequests: null,
    ...NOT_PLANNED,
    risk: 0.01,
    mostPasses: 33,
    models: ['a', 'b'],
    tasks: ['piqa'],
    protocol: 'paper',
    limit: 5,
    fixtures: true,
    trace: true,
    explain: false,
    emulateLeak: true,
    unsafeNoSandbox: true,
    dataDir: 'data',
    clusters: 'none',
    out: 'runs',
    json: true,
    steps: [1, 8],
    passes: 16,
    draws: 3,
    score: ['duel:confidence', 'duel:margin:block=4'],
    sampler: ['entropy', 'threshold:block=32'],
    seed: 3,
    attention: 0.5,
    family: 'diffusion',
    maskId: 7,
    shift: false,
    blockLength: 4,
    tokenizer: 'folder',
    adapter: 'lora',
    engine: 'reference',
    threads: 1,
    dtype: 'float32',
    precision: 'uniform',
    device: 'cpu',
    batchTokens: 512,
    order: 'shuffled',
    shard: { number: 3, of: 16 },
    queue: 'redis://127.0.0.1:6379',
    queueLock: 60,
  });
  for (const key of flagsOf(score.options)) await settled(score, { model: 'a', [key]: VALUES[key] }, ['x']);
});

it.each([
  [{}, '--models: expected one or more model names or folders, separated by commas, found nothing'],
  [{ models: 'a', limit: '0' }, '--limit: expected a whole number of at least 1, found "0"'],
  [{ models: 'a', limit: '1.5' }, '--limit: expected a whole number of at least 1, found "1.5"'],
  [{ models: 'a', seed: ['1', '2'] }, '--seed: expected a whole number of at least 0, found "1" and "2"'],
  [{ models: 'a', seed: '99999999999999999999' }, /--seed: expected a whole number/],
  [{ models: 'a', attention: '1.01' }, '--attention: expected a number from 0 to 1, found "1.01"'],
  [{ models: 'a', attention: '' }, '--attention: expected a number from 0 to 1, found nothing'],
  [{ models: 'a', shift: 'yes' }, '--shift: expected on or off, found "yes"'],
  [
    { models: 'a', protocol: 'papr' },
    '--protocol: expected canonical, paper, paper-text, olmes or lm-eval, found "papr" | did you mean paper?',
  ],
  [
    { models: 'a', shots: '3', protocol: 'olmes' },
    '--shots: expected --protocol lm-eval, canonical or paper, found olmes | add --protocol lm-eval, or leave --shots out',
  ],
  [
    { models: 'a', 'shots-from': 'x.jsonl', protocol: 'lm-eval', tasks: 'piqa,siqa' },
    '--shots-from: expected one task, whose rows it holds, found piqa, siqa | name one with --tasks',
  ],
  [
    { models: 'a', bracket: '8', protocol: 'paper' },
    '--bracket: expected a protocol whose score is a bound, found paper | use --protocol canonical or paper-text, or leave --bracket out',
  ],
  [{ models: 'a', bracket: '3' }, '--bracket: expected a whole number from 4 to 1024, found "3"'],
  [{ models: 'a', sampler: 'entopy' }, /^unknown sampler "entopy" \| did you mean entropy\?/],
  [{ models: 'a', score: 'duel:random' }, /^--score: expected one or more of duel:confidence, .*, found "duel:random"/],
  [{ models: 'a', offset: '2', sample: '3' }, '--offset, --sample: expected one way to choose items, found 2'],
  [
    { models: 'a', items: 'ids.txt' },
    '--items: expected one task, whose items they are, found none named | name one with --tasks',
  ],
  [
    { models: 'a', score: 'duel:best-of-0' },
    /^--score: expected one or more of .*, found "duel:best-of-0" \| did you mean duel:best-of-K\?$/,
  ],
  [
    { models: 'a', seed: '1e99' },
    '--seed: expected a whole number of at least 0, at most 9007199254740991, found "1e99"',
  ],
  [
    { models: 'a', plan: true, shard: '1/2' },
    '--shard: expected a run, found --plan, which takes all items | leave --shard out, or --plan',
  ],
  [
    { models: 'a', explain: true, shard: '1/2' },
    '--shard: expected a run, found --explain, which takes all items | leave --shard out, or --explain',
  ],
  [
    { models: 'a', explain: true, plan: true },
    '--plan: expected it alone, found --explain | repeat the command for each',
  ],
  [
    { models: 'a', 'plan-rate': '5e12' },
    '--plan-rate: expected --plan, found none | add --plan, or leave --plan-rate out',
  ],
  [
    { models: 'a', 'queue-lock': '5' },
    '--queue-lock: expected --queue, whose workers it is about, found none | add --queue, or leave --queue-lock out',
  ],
  [{ models: 'a', family: 'ar', 'mask-id': '3' }, /^--mask-id: expected only with diffusion models/],
])('refuses %j, naming what was expected and found', async (flags, message) => {
  expect(await refusal(flags)).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
});

it.each([
  [
    doctor,
    { tasks: 'piqa' },
    '--tasks: expected a MODEL, found none | bench doctor MODEL --tasks …, or leave --tasks out',
  ],
  [
    speed,
    { models: 'a', lengths: '100000' },
    '--lengths: expected whole numbers from 8 to 65536 separated by commas, such as 512,1024,2048, found "100000"',
  ],
  [
    unconditional,
    { models: 'a', temperature: '0' },
    '--temperature: expected temperatures above 0 and at most 10 separated by commas, such as 0.8,1, found "0"',
  ],
] as const)('other verbs name the limits of what they refuse, too', async (other, flags, message) => {
  const error = await settled(other as Parameters<typeof settled>[0], flags).catch((caught: unknown) => caught);
  if (!(error instanceof HarnessError)) return expect.fail(`expected a refusal, found ${String(error)}`);
  expect([error.message, ...(error.hint === undefined ? [] : [error.hint])].join(' | ')).toBe(message);
});

it('reads a config file, which flags override, and refuses unknown keys', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'bench-config-')), 'run.json');
  await writeFile(file, JSON.stringify({ models: ['a', 'b'], steps: [4, 2], limit: 9, seed: 1, shift: true }));
  expect(await resolveRunOptions({ config: file, limit: '3' })).toEqual({
    ...RUN_DEFAULTS,
    models: ['a', 'b'],
    steps: [2, 4],
    limit: 3,
    seed: 1,
    shift: true,
    dumpRequests: null,
    ...NOT_PLANNED,
  });
  await writeFile(file, JSON.stringify({ models: 'a', dataDir: 'x' }));
  expect(await refusal({ config: file })).toBe(`"dataDir" in ${file}: unknown key | did you mean "data-dir"?`);
  await writeFile(file, JSON.stringify({ models: 'a', limit: -1 }));
  expect(await refusal({ config: file })).toBe(`"limit" in ${file}: expected a whole number of at least 1, found -1`);
  await writeFile(file, '{"models": ');
  expect(await refusal({ config: file })).toMatch(/run\.json is not JSON/);
});
