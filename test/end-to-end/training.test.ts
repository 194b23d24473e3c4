/** The verbs that train, as a user meets them: models that load by path, kills that change nothing, refusals. Compiled program. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/checkpoints/open.ts';
import { loadTokenizer } from '../../src/tokenizers/load.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const BENCH = join(ROOT, 'bin', 'bench.js');
const DATA = join(dirname(ROOT), 'shared', 'data');
const HERE = mkdtempSync(join(tmpdir(), 'bench-train-'));
const ENVIRONMENT = { ...process.env, BENCH_CACHE_DIR: join(HERE, 'cache'), BENCH_DATA_DIR: '' };
/** Trained once, by the first test that needs it. */
const BASE = ['train', '--arch', '1,16,2,24', '--vocab', '50', '--data', 'text.txt', '--task', 'arithmetic'];
const QUICK = ['--batch', '4', '--warmup', '2', '--eval-rows', '4', '--eval-draws', '2', '--threads', '1'];
const SLOW = 240_000;

writeFileSync(join(HERE, 'text.txt'), Array.from({ length: 90 }, (_, i) => `The cat saw ${i % 17} birds.`).join('\n'));

function bench(...args: readonly string[]) {
  return spawnSync(process.execPath, [BENCH, ...args], { cwd: HERE, env: ENVIRONMENT, encoding: 'utf8' });
}

function base(): string {
  if (!existsSync(join(HERE, 'base', 'README.md'))) {
    const { status, stderr } = bench(...BASE, ...QUICK, '--steps', '12', '--out', 'base');
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  }
  return 'base';
}

const tensorNames = (out: string): string[] => {
  const bytes = readFileSync(join(HERE, out, 'model.safetensors'));
  const header: object = JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE(0))));
  return Object.keys(header).filter((name) => name !== '__metadata__');
};

it(
  'trains into no folder that holds anything but its own run',
  () => {
    cpSync(join(HERE, base()), join(HERE, 'published'), { recursive: true });
    rmSync(join(HERE, 'published', 'training'), { recursive: true });
    mkdirSync(join(HERE, 'runs', 'one'), { recursive: true });
    const weights = readFileSync(join(HERE, 'published', 'model.safetensors'));
    for (const [verb, out] of [
      [['train'], 'runs'],
      [['adapt', '--init', 'published'], 'published'],
      [['finetune', '--init', 'published', '--task', 'arithmetic'], 'published'],
    ] as const) {
      const files = readdirSync(join(HERE, out));
      const { status, stderr } = bench(...verb, '--data', 'text.txt', ...QUICK, '--steps', '2', '--out', out);
      const count = `${files.length} ${files.length === 1 ? 'file' : 'files'}`;
      expect(stderr).toBe(
        `bench: --out: expected a new or empty folder, found ${count} in ${out}\nhint: name a folder that is not there yet\n`,
      );
      expect([status, readdirSync(join(HERE, out))]).toEqual([2, files]);
    }
    expect(readFileSync(join(HERE, 'published', 'model.safetensors'))).toEqual(weights);
  },
  SLOW,
);

describe('bench train', () => {
  it(
    'writes a GPT-2 folder that loads by path, with card, curve and metrics',
    async () => {
      const out = base();
      const checkpoint = await openCheckpoint(join(HERE, out));
      expect(checkpoint.options).toEqual({ family: 'autoregressive', maskId: null, shift: true });
      expect(tensorNames(out)).toContain('transformer.h.0.attn.c_attn.weight');
      expect(tensorNames(out)).not.toContain('lm_head.weight');
      expect((await loadTokenizer(join(HERE, out)))?.size).toBe(checkpoint.architecture.vocabularyRows);
      expect(
        readFileSync(join(HERE, out, 'loss.png'))
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG');
      const card = readFileSync(join(HERE, out, 'README.md'), 'utf8');
      expect(card).toContain('bench train --config training/config.json --out DIR');
      expect(card).toMatch(/\| arithmetic \| \d\.\d{4} \|/);
      const metrics = readFileSync(join(HERE, out, 'training', 'metrics.jsonl'), 'utf8')
        .trim()
        .split('\n');
      expect(metrics).toHaveLength(13);
      writeFileSync(
        join(HERE, 'ask.jsonl'),
        '{"id": 1, "kind": "loglikelihood", "context": "1 + 2 =", "continuation": " 3"}\n',
      );
      const { status, stdout } = bench('score', 'ask.jsonl', '--model', './base');
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ id: 1 });
    },
    SLOW,
  );

  it(
    'makes a model that reads every item of the tasks on which README runs it',
    () => {
      const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
      const [, tasks = ''] = /bench run --models \.\/models\/base,\.\/models\/dd --tasks (\S+)/.exec(readme) ?? [];
      const made = bench('train', '--data', 'text.txt', '--out', 'models/base', ...QUICK, '--steps', '2');
      expect(made.status, made.stderr).toBe(0);
      const { status, stdout, stderr } = bench(
        ...['run', '--models', './models/base', '--tasks', tasks, '--limit', '300', '--json'],
        ...(existsSync(DATA) ? ['--data-dir', DATA] : []),
      );
      expect(status, stderr).toBe(0);
      expect(JSON.parse(stdout).runs.map(({ items, unscored }: Record<string, unknown>) => [items, unscored])).toEqual(
        tasks.split(',').map(() => [300, 0]),
      );
    },
    SLOW,
  );

  it(
    'makes the same weights again from the configuration that it stored',
    () => {
      base();
      const { status } = bench('train', '--config', 'base/training/config.json', '--out', 'again');
      expect(status).toBe(0);
      const [first, again] = ['base', 'again'].map((out) => readFileSync(join(HERE, out, 'model.safetensors')));
      expect(first?.equals(again as Buffer)).toBe(true);
    },
    SLOW,
  );

  it(
    'refuses to resume with another setting, and names it',
    () => {
      base();
      const { status, stderr } = bench(...BASE, ...QUICK, '--steps', '12', '--lr', '0.5', '--out', 'base');
      expect(status).toBe(2);
      expect(stderr).toMatch(/--lr: .*training holds a run with 0\.002, found 0\.5/);
      const threads = bench(...BASE, ...QUICK.slice(0, -2), '--threads', '2', '--steps', '12', '--out', 'base');
      expect(threads.stderr).toMatch(/--threads: .*training holds a run with 1 \(the last bits .*\), found 2/);
    },
    SLOW,
  );

  it(
    'leaves no folder behind when what it is asked for cannot be had',
    () => {
      const words = ['--data', 'text.txt', ...QUICK, '--steps', '2', '--out', 'refused'];
      const refused = [
        ['adapt', '--init', 'no-such-model', ...words],
        ['adapt', '--init', base(), '--mask-token', '<nothing>', ...words],
        ['adapt', '--init', base(), '--length', '99', ...words],
        ['adapt', '--init', base(), '--data', 'no-such.txt', ...words.slice(2)],
        ['train', '--arch', '1,16,2,24', '--tokenizer', 'no-such-folder', ...words],
        ['train', '--arch', '1,16,2,24', '--tokenizer', 'bpe', '--vocab', '280', '--length', '99', ...words],
      ];
      for (const command of refused) {
        expect(bench(...command).status, command.join(' ')).not.toBe(0);
        expect(existsSync(join(HERE, 'refused')), command.join(' ')).toBe(false);
      }
    },
    SLOW,
  );

  it(
    'leaves the model of another run as it is',
    () => {
      const out = base();
      const files = () =>
        ['tokenizer.json', 'tokenizer_config.json'].map((name) => readFileSync(join(HERE, out, name)));
      const before = files();
      const other = ['--arch', '1,16,2,24', '--tokenizer', 'bpe', '--vocab', '280', '--data', 'text.txt'];
      const { status, stderr } = bench('train', ...other, ...QUICK, '--steps', '12', '--out', out);
      expect({ status, stderr }).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(/--\w+: .* holds a run with/),
      });
      expect(files()).toEqual(before);
    },
    SLOW,
  );

  it(
    'ends with the same bytes when it is killed at any moment and repeated',
    async () => {
      const command = [...BASE, ...QUICK, '--steps', '60', '--checkpoint-every', '7', '--eval-every', '20'];
      const started = performance.now();
      expect(bench(...command, '--out', 'whole').status).toBe(0);
      const elapsed = performance.now() - started;
      for (const share of [0.35, 0.6, 0.8, 0.9]) {
        const child = spawn(process.execPath, [BENCH, ...command, '--out', 'killed'], { cwd: HERE, env: ENVIRONMENT });
        await Promise.race([wait(elapsed * share), new Promise((done) => child.once('exit', done))]);
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await new Promise((done) => child.once('exit', done));
      }
      expect(bench(...command, '--out', 'killed').status).toBe(0);
      for (const file of ['model.safetensors', 'training/state.safetensors', 'training/metrics.jsonl']) {
        const [whole, killed] = ['whole', 'killed'].map((out) => readFileSync(join(HERE, out, file)));
        expect(whole?.equals(killed as Buffer), file).toBe(true);
      }
    },
    SLOW,
  );
});

describe('bench train --continue', () => {
  const short = [...BASE, ...QUICK, '--schedule', 'constant', '--checkpoint-every', '4'];
  const further = ['train', '--continue', 'short', '--steps', '60'];
  const started = () =>
    existsSync(join(HERE, 'short')) || bench(...short, '--steps', '12', '--out', 'short').status === 0;
  const bytes = (out: string, file = 'model.safetensors') => readFileSync(join(HERE, out, file));

  it(
    'ends with the weights of a run that was as long from the start, also where it is killed and repeated',
    async () => {
      expect(started()).toBe(true);
      const before = bytes('short');
      expect(bench(...short, '--steps', '60', '--out', 'long').status).toBe(0);
      const begun = performance.now();
      const { status, stderr } = bench(...further, '--out', 'longer');
      const elapsed = performance.now() - begun;
      expect({ status, stderr }).toMatchObject({
        status: 0,
        stderr: expect.stringMatching(/to 60 steps; learning rate/),
      });
      expect(bytes('longer').equals(bytes('long'))).toBe(true);
      expect(bytes('short').equals(before)).toBe(true);
      const record = JSON.parse(bytes('longer', 'training/run.json').toString());
      expect(record).toMatchObject({ config: { continue: 'short', steps: 60 }, continues: { steps: 12 } });
      expect(bytes('longer', 'README.md').toString()).toContain('It goes on with `short` after 12 steps.');
      const metrics = bytes('longer', 'training/metrics.jsonl').toString().split('\n');
      expect(metrics.filter((line) => line.includes('"learningRate"'))).toHaveLength(60);
      for (const share of [0.6, 0.8, 0.9]) {
        const child = spawn(process.execPath, [BENCH, ...further, '--out', 'cut'], { cwd: HERE, env: ENVIRONMENT });
        await Promise.race([wait(elapsed * share), new Promise((done) => child.once('exit', done))]);
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await new Promise((done) => child.once('exit', done));
      }
      expect(bench(...further, '--out', 'cut').status).toBe(0);
      for (const file of ['model.safetensors', 'training/state.safetensors', 'training/metrics.jsonl']) {
        expect(bytes('cut', file).equals(bytes('longer', file)), file).toBe(true);
      }
    },
    SLOW,
  );

  it(
    'is refused in a sentence where it cannot go on, and leaves no folder behind',
    () => {
      expect(started()).toBe(true);
      const refused: readonly [readonly string[], string][] = [
        [['--continue', 'short'], '--steps: expected more than the 12 that short has done, found 12'],
        [
          ['--continue', 'short', '--steps', '60', '--batch', '8'],
          '--batch: short/training holds a run with 4, found 8',
        ],
        [['--continue', 'nowhere', '--steps', '60'], '--continue: expected a folder of bench train, found no nowhere'],
      ];
      for (const [flags, found] of refused) {
        const { status, stderr } = bench('train', ...flags, '--out', 'refused');
        expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining(`bench: ${found}`) });
      }
      const verb = bench('adapt', ...further.slice(1), '--out', 'refused');
      expect(verb.stderr).toContain('--continue: expected a run of bench adapt, found one of bench train in short');
      const same = bench(...further, '--out', 'short');
      expect(same.stderr).toContain('--out: expected another folder than that of --continue, found short');
      const unfinished = [...BASE, ...QUICK, '--steps', '40', '--lr', '1e30', '--clip', '0', '--out', 'astray'];
      expect(bench(...unfinished).status).toBe(1);
      const halfway = bench('train', '--continue', 'astray', '--steps', '60', '--out', 'refused');
      expect(halfway.stderr).toMatch(/--continue: expected a finished run, found \d+ of 40 steps done in astray/);
      expect(existsSync(join(HERE, 'refused'))).toBe(false);
    },
    SLOW,
  );
});

describe('bench adapt', () => {
  it(
    'writes the layout of the published wrapper, and a new row for a new mask',
    async () => {
      const words = ['--init', base(), '--data', 'text.txt', ...QUICK, '--steps', '6'];
      expect(bench('adapt', ...words, '--no-shift', '--loss', 'fixed', '--stratify', '--out', 'dd').status).toBe(0);
      const known = await openCheckpoint(join(HERE, 'dd'));
      expect(known.options).toEqual({ family: 'diffusion', maskId: 1, shift: false });
      expect(tensorNames('dd')).toContain('embed_tokens.weight');
      expect(tensorNames('dd')).toContain('denoise_model.h.0.attn.c_attn.weight');
      expect(tensorNames('dd').some((name) => /^(transformer|lm_head)/.test(name))).toBe(false);

      const further = ['--init', 'dd', '--task', 'arithmetic', ...QUICK, '--length', '12', '--accuracy-rows', '0'];
      expect(bench('finetune', ...further, '--steps', '2', '--out', 'dd-sft').status).toBe(0);
      expect((await openCheckpoint(join(HERE, 'dd-sft'))).options).toEqual(known.options);

      const before = (await openCheckpoint(join(HERE, 'base'))).architecture.vocabularyRows;
      expect(bench('adapt', ...words, '--mask-token', 'new', '--dtype', 'fp16', '--out', 'new').status).toBe(0);
      const added = await openCheckpoint(join(HERE, 'new'));
      expect(added.options).toEqual({ family: 'diffusion', maskId: before, shift: true });
      expect(added.architecture.vocabularyRows).toBe(before + 1);
      expect((await loadTokenizer(join(HERE, 'new')))?.token(before)).toBe('<|mask|>');
    },
    SLOW,
  );

  it(
    'stops where the loss diverges, with exit code 1, the step and the last good model',
    async () => {
      const words = ['--init', base(), '--data', 'text.txt', ...QUICK, '--steps', '40', '--checkpoint-every', '5'];
      const { status, stderr } = bench('adapt', ...words, '--lr', '1e30', '--clip', '0', '--out', 'wild');
      expect(stderr).toMatch(
        /step \d+: the (loss|gradient norm) is (NaN|Infinity); the last good checkpoint is step \d+ in/,
      );
      expect(status).toBe(1);
      expect((await openCheckpoint(join(HERE, 'wild'))).options.family).toBe('diffusion');
    },
    SLOW,
  );
});

describe('bench finetune', () => {
  it(
    'trains adapters alone and merges them into a model like any other',
    async () => {
      const words = ['--init', base(), '--task', 'arithmetic', ...QUICK, '--length', '12', '--accuracy-rows', '0'];
      const { status, stderr } = bench('finetune', ...words, '--steps', '5', '--lora-rank', '2', '--out', 'lora');
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
      expect(tensorNames('lora')).toEqual(tensorNames('base'));
      const state = readFileSync(join(HERE, 'lora', 'training', 'state.safetensors'), 'latin1').slice(0, 20_000);
      expect(state).toContain('parameter:h.0.attn.c_attn.weight.lora_A');
      expect(state).not.toContain('parameter:h.0.attn.c_attn.weight"');
      const weights = (out: string) => readFileSync(join(HERE, out, 'model.safetensors'));
      expect(weights('lora').equals(weights('base'))).toBe(false);
    },
    SLOW,
  );

  it(
    'learns answers of either family, and says how many held-out problems it gets right',
    async () => {
      const words = [
        '--init',
        base(),
        '--task',
        'arithmetic',
        ...QUICK,
        '--steps',
        '4',
        '--length',
        '12',
        '--accuracy-rows',
        '5',
      ];
      const causal = bench('finetune', ...words, '--json', '--out', 'ar');
      expect(causal.status).toBe(0);
      expect(JSON.parse(causal.stdout)).toMatchObject({
        finished: true,
        accuracy: [{ source: 'arithmetic', steps: null, problems: 5 }],
      });
      expect((await openCheckpoint(join(HERE, 'ar'))).sft).toMatchObject({ bosId: null, sepId: null, eosId: 3 });

      const diffusion = bench(
        'finetune',
        ...words,
        '--family',
        'diffusion',
        '--accuracy-steps',
        '1,2',
        '--json',
        '--out',
        'sft',
      );
      expect(JSON.parse(diffusion.stdout).accuracy.map((line: { steps: number }) => line.steps)).toEqual([1, 2]);
      expect((await openCheckpoint(join(HERE, 'sft'))).sft).toEqual({
        bosId: 2,
        sepId: 4,
        eosId: 3,
        padId: 0,
        splitDigits: false,
        hiddenIds: [],
      });
    },
    SLOW,
  );
});
