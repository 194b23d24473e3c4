/** The command line as a user meets it: help, mistakes, exit codes. Runs the compiled program; `npm test` builds it first. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const BENCH = join(ROOT, 'bin', 'bench.js');
/** An empty folder: no test depends on the data or checkpoints of the machine. */
const EMPTY = mkdtempSync(join(tmpdir(), 'bench-cli-'));

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function bench(...args: readonly string[]): Outcome {
  const { BENCH_DATA_DIR: _data, BENCH_DEBUG: _debug, ...inherited } = process.env;
  const env = { ...inherited, BENCH_CACHE_DIR: EMPTY, BENCH_MODEL_DIR: EMPTY };
  const { status, stdout, stderr } = spawnSync(process.execPath, [BENCH, ...args], {
    cwd: EMPTY,
    env,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

const VERBS = [
  'run',
  'sweep',
  'ablate',
  'unconditional',
  'speed',
  'reproduce',
  'compare',
  'gate',
  'bless',
  'score',
  'train',
  'adapt',
  'finetune',
  'report',
  'init',
  'list',
  'show',
  'replay',
  'data',
  'models',
  'doctor',
];

it('writes what would be asked without a model, and leaves nothing beside it', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'bench-dump-')), 'requests.jsonl');
  const { code, stdout, stderr } = bench(
    'run',
    '--protocol',
    'lm-eval',
    '--tasks',
    'piqa',
    '--limit',
    '1',
    '--dump-requests',
    file,
  );
  expect({ code, stdout, stderr }).toEqual({
    ...{ code: 0, stdout: '' },
    stderr: 'piqa: 2 requests of the built-in rows, 0 examples in front of each\n',
  });
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => Object.keys(JSON.parse(line)))).toEqual(Array(2).fill(['id', 'context', 'continuation']));
  expect(readdirSync(dirname(file))).toEqual(['requests.jsonl']);
});

it('fails where no item of a run could be scored, and says so', () => {
  const shots = ['--protocol', 'lm-eval', '--shots', '7', '--tasks', 'gsm8k-natural', '--limit', '2', '--fixtures'];
  const { code, stdout, stderr } = bench('run', '--models', 'random-gpt2', ...shots);
  expect(code).toBe(1);
  expect(stdout).toContain('2 of 2 items unscored and left out (2 context-overflow)');
  expect(stderr).toContain('bench: gsm8k-natural, random-gpt2: none of 2 items could be scored (context-overflow)\n');
});

it('refuses options of the diffusion recipe where an autoregressive model is fine-tuned', () => {
  const flags = ['--no-shift', '--anneal-steps', '5', '--task', 'pointer-chasing', '--out', join(EMPTY, 'tuned')];
  const { code, stderr } = bench('finetune', '--init', 'tiny-gpt2', ...flags);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^bench: --no-shift, --anneal-steps: expected a diffusion model, found autoregressive tiny-gpt2\n/,
  );
});

describe('help', () => {
  it.each([['--help'], ['-h'], ['help'], []])('names every verb and exit code (bench %s)', (...args) => {
    const { code, stdout, stderr } = bench(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const verb of VERBS) expect(stdout).toContain(`bench ${verb}`);
    const codes = stdout
      .slice(stdout.indexOf('Exit codes:\n'))
      .trimEnd()
      .split(/\n {2}(?=\d)/)
      .slice(1);
    expect(codes).toEqual([
      '0    ok',
      expect.stringMatching(
        /^1 {4}runtime failure;\n.*\(run, sweep, ablate\);\n.*\(reproduce\);\n.*\(merge\);\n.*\(score, rescore\);\n.*\(data, models\);\n.*\(doctor\)$/,
      ),
      '2    wrong usage or configuration',
      expect.stringMatching(/^3 {4}.*\(drift\);\n +regression \(gate\);\n +other bytes.*\(replay\)$/),
      '4    inconclusive (gate)',
      expect.stringMatching(/^130 {2}stopped by Ctrl-C/),
    ]);
  });

  it.each(VERBS)('of %s shows its flags and examples that can be copied', (verb) => {
    const { code, stdout } = bench(verb, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^bench ${verb}`));
    expect(stdout).toMatch(new RegExp(`Examples:\n {2}# .+\n {2}bench ${verb}`));
  });

  it.each([
    ['gate', '0 1 2 3 4 130'],
    ['replay', '0 1 2 3 130'],
    ['compare', '0 1 2 130'],
  ])('of %s lists the exit codes that it has: %s', (verb, codes) => {
    const { stdout } = bench(verb, '--help');
    expect([...stdout.matchAll(/^ {2}(\d+) {2,}/gm)].map(([, code]) => code).join(' ')).toBe(codes);
  });

  it('of a verb is also what bench help VERB prints', () => {
    expect(bench('help', 'sweep')).toEqual(bench('sweep', '--help'));
    expect(bench('help', 'swep').stderr).toContain('did you mean sweep?');
  });

  it('is what the compiled command line prints by itself', () => {
    const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'dist', 'src', 'cli.js'), '--help'], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: bench('--help').stdout });
  });

  it('does nothing where another program imports it, whatever that was started with', () => {
    const cli = pathToFileURL(join(ROOT, 'dist', 'src', 'cli.js')).href;
    const script = `process.argv[1] = 'no/such/file'; await import(${JSON.stringify(cli)}); console.log('imported');`;
    const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, 'imported\n']);
  });

  it('has no colour and fits into 100 columns', () => {
    const { stdout } = bench('run', '--help');
    expect(stdout).not.toContain('\x1b');
    const lines = stdout.split('\n').filter((line) => !line.startsWith('  bench '));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('prints the version of package.json', () => {
    expect(bench('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('a wrong name', () => {
  it.each([
    [['rnu'], 'unknown verb "rnu"', 'did you mean run?'],
    [['run', '--modles', 'a'], 'unknown flag "--modles"', 'did you mean --models?'],
    [['sweep', '--magrin', '1'], 'unknown flag "--magrin"', 'did you mean --margin?'],
    [['doctor', '--jsno'], 'unknown flag "--jsno"', 'did you mean --json?'],
    [['--verison'], 'unknown flag "--verison"', 'did you mean --version?'],
    [['list', 'taks'], 'unknown section "taks"', 'did you mean tasks?'],
    [['data', 'pul'], 'unknown action "pul"', 'did you mean pull?'],
    [['data', 'list', 'piqo'], 'unknown data set "piqo"', 'piqa'],
    [['run', '--models', 'random-gtp2', '--fixtures'], '"random-gtp2"', 'did you mean random-gpt2?'],
    [['run', '--models', 'random-gpt2', '--tasks', 'piqo', '--fixtures'], '"piqo"', 'did you mean piqa?'],
  ])('%j is refused with the nearest one', (args, message, hint) => {
    const { code, stdout, stderr } = bench(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('a wrong value', () => {
  it.each([
    [['run'], '--models: expected one or more model names or folders, separated by commas, found nothing'],
    [
      ['run', '--models', 'a', '--steps', '0,x'],
      /^bench: --steps: expected whole numbers from 1 to 65536 .*found "0,x"/,
    ],
    [
      ['run', '--models', 'a', '--passes', '2'],
      '--passes: expected a whole number from 3 to 65536, or auto, found "2"',
    ],
    [
      ['run', '--models', 'a', '--passes', '1e9'],
      '--passes: expected a whole number from 3 to 65536, or auto, found "1e9"',
    ],
    [['run', '--models', 'a', '--threads', '999'], '--threads: expected a whole number from 1 to 256, found "999"'],
    [['run', '--models', 'a', '--attention', '2'], '--attention: expected a number from 0 to 1, found "2"'],
    [['run', '--models', 'a', '--limit'], '--limit: expected a whole number of at least 1, found nothing'],
    [['run', '--models', 'a', '--limit', '-3'], '--limit: expected a whole number of at least 1, found "-3"'],
    [['run', '--models', 'a', 'b'], 'run: expected no arguments besides flags, found "b"'],
    [['run', '--config', 'none.json'], /--config: expected a readable JSON file, found none at none\.json/],
    [
      ['sweep', '--models', 'a', '--steps', '8'],
      '--steps: expected at least two numbers of steps to compare, or two samplers with --sampler, found 8',
    ],
    [
      ['sweep', '--models', 'a', '--margin', '1'],
      '--margin: expected a share above 0 and below 1, such as 0.01, found "1"',
    ],
    [
      ['sweep', '--models', 'a', '--alpha', '95'],
      '--alpha: expected a number above 0 and below 0.5, such as 0.05, found "95"',
    ],
    [
      ['ablate', '--models', 'a', '--attention', '0,2'],
      '--attention: expected numbers from 0 to 1 separated by commas, such as 0,0.5,1, found "0,2"',
    ],
    [
      ['ablate', '--models', 'a', '--shift', 'of'],
      '--shift: expected on, off or both separated by a comma, found "of"',
    ],
    [
      ['ablate', '--models', 'random-gpt2', '--tasks', 'piqa', '--fixtures'],
      /^bench: --models: expected diffusion models, .* found autoregressive random-gpt2$/,
    ],
    [['score', '--model', 'a'], 'score: expected FILE.jsonl, found nothing'],
    [['score', EMPTY, '--model', 'a'], `expected a file of JSON lines, found the folder ${EMPTY}`],
    [
      ['run', '--models', 'random-gpt2', '--tasks', 'piqa', '--fixtures', '--out', BENCH],
      /^bench: cannot make the run's folder .*random-gpt2-piqa-\S+: a (file|folder) stands where a (file|folder) is expected$/,
    ],
    [['show'], 'show: expected RUN [ITEM], found nothing'],
    [['compare', 'nope'], "expected a run's folder, a folder of runs or a baseline file, found nothing at nope"],
    [['show', 'nowhere'], "expected a run's folder, its name or its model, found nothing at nowhere"],
  ])('%j is refused in one sentence', (args, message) => {
    const { code, stdout, stderr } = bench(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const [first, ...rest] = stderr.trimEnd().split('\n');
    expect(first).toEqual(typeof message === 'string' ? `bench: ${message}` : expect.stringMatching(message));
    expect(rest.filter((line) => !line.startsWith('hint: '))).toEqual([]);
  });

  it('in a config file names the file and the key', () => {
    const file = join(EMPTY, 'run.json');
    writeFileSync(file, JSON.stringify({ models: ['a'], atention: 1 }));
    const { code, stderr } = bench('run', '--config', file);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `bench: "atention" in ${file}: unknown key\nhint: did you mean "attention"?\n`,
    });
  });
});

describe('what is here', () => {
  it('a model that is not on disk says how to get it', () => {
    const { code, stderr } = bench('run', '--models', 'gpt2-m', '--tasks', 'piqa', '--fixtures');
    expect(code).toBe(1);
    expect(stderr).toMatch(/gpt2-m: not on disk/);
    expect(stderr).toMatch(
      /of hub repository openai-community\/gpt2-medium, about 1\.5 GB\nhint: bench models pull gpt2-m\n/,
    );
  });

  it('list shows tasks, models and protocols, also as JSON', () => {
    const { code, stdout } = bench('list', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      tasks: expect.arrayContaining([expect.objectContaining({ name: 'piqa', chance: 0.5 })]),
      models: expect.arrayContaining([expect.objectContaining({ name: 'gpt2-m', folder: null })]),
      protocols: expect.arrayContaining([expect.objectContaining({ name: 'canonical' })]),
    });
    expect(bench('list').stdout).toContain('built-in rows only');
  });

  it('doctor computes on the engines and says which tfjs runs', () => {
    const { code, stdout, stderr } = bench('doctor', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({ subject: 'engine onnx', state: 'ok' }),
        expect.objectContaining({ subject: 'engine tfjs', state: 'ok', found: expect.stringMatching(/^tfjs-\S+ \d/) }),
      ]),
    });
  });

  it('data list tells what is missing', () => {
    const { code, stdout } = bench('data', 'list', 'piqa');
    expect(code).toBe(0);
    expect(stdout).toMatch(/piqa\/jsonl\s+missing/);
  });
});
