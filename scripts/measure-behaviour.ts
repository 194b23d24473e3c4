/**
 * How much code the same behaviour takes: `node dist/scripts/measure-behaviour.js BEFORE NOW`, two built checkouts, runs the same commands with
 * both, of verbs and flags that both have, and counts the lines of their programs that ran (V8's coverage, worker threads too).
 * What came later and no command here asks for does not count; what grew inside a function that runs does.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type RanLines, ranLines } from './structure/ran-lines.ts';

const SOME = ['--limit', '4', '--fixtures'];
const BOTH = 'tiny-gpt2,tiny-diffugpt';
const TRAINING = '--steps 2 --batch 2 --warmup 1 --length 24'.split(' ');

/** In an empty folder, in this order. */
const COMMANDS: readonly (readonly string[])[] = [
  ['list'],
  ['models', 'list'],
  ['data', 'list'],
  ['doctor', 'tiny-diffugpt'],
  ['run', '--models', BOTH, ...SOME, '--trace'],
  ['run', '--models', BOTH, ...SOME],
  ['run', '--models', 'tiny-diffugpt', '--tasks', 'piqa,hellaswag', ...SOME, '--protocol', 'paper', '--out', 'paper'],
  ['run', '--models', 'tiny-diffugpt', '--tasks', 'piqa', ...SOME, '--explain'],
  ['sweep', '--models', 'tiny-diffugpt', '--tasks', 'pointer-chasing', ...SOME, '--steps', '1,4', '--out', 'sweep'],
  [
    'ablate',
    '--models',
    'tiny-diffugpt',
    '--tasks',
    'stories-choice',
    ...SOME,
    '--attention',
    '0,1',
    '--out',
    'ablate',
  ],
  ['compare', 'results/runs', '--models', BOTH],
  ['bless', 'results/runs', '--name', 'main'],
  ['gate', '--baseline', 'results/baselines/main.json', '--candidate', 'results/runs'],
  ...['html', 'md', 'csv', 'json'].map((format) => ['report', '--format', format]),
  ['show', 'RUN'],
  ['replay', 'RUN'],
  ['score', 'requests.jsonl', '--model', 'tiny-gpt2'],
  ['rescore', 'gsm8k', 'predictions.jsonl'],
  ['train', '--data', 'story.txt', '--arch', '1,16,2,32', '--out', 'base', ...TRAINING],
  ['adapt', '--init', 'base', '--data', 'story.txt', '--out', 'adapted', ...TRAINING],
  ['finetune', '--init', 'adapted', '--task', 'pointer-chasing', '--out', 'tuned', ...TRAINING],
];

const FILES: Readonly<Record<string, string>> = {
  'requests.jsonl': '{"id":1,"kind":"loglikelihood","context":"The sky is","continuation":" blue"}\n',
  'predictions.jsonl': '{"predict":"so it is #### 4","label":"2 + 2 #### 4"}\n',
  'story.txt': 'The cat sat on the mat and the dog sat on the log.\n'.repeat(60),
};

interface Measured {
  readonly lines: RanLines;
  /** Commands that did not end with exit code 0. */
  readonly failed: readonly string[];
}

function measure(root: string): Measured {
  const folder = mkdtempSync(join(tmpdir(), 'behaviour-'));
  const coverage = join(folder, 'coverage');
  mkdirSync(coverage);
  try {
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
    const failed = COMMANDS.filter((command) => !ranWell(root, command, folder, coverage));
    const lines = ranLines(
      root,
      readdirSync(coverage).map((name) => join(coverage, name)),
    );
    return { lines, failed: failed.map((command) => command.join(' ')) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs the command line of a module, its first argument; no path, which some versions would take for a call of their own. */
const START = 'const { main } = await import(process.argv[1]); await main(process.argv.slice(2));';

function ranWell(root: string, command: readonly string[], cwd: string, coverage: string): boolean {
  const runs = join(cwd, 'results', 'runs');
  const args = command.map((word) => (word === 'RUN' ? join('results/runs', readdirSync(runs).sort()[0] ?? '') : word));
  const env = {
    ...process.env,
    NODE_V8_COVERAGE: coverage,
    ORT_DISABLE_TELEMETRY: '1',
    BENCH_CACHE_DIR: join(cwd, 'cache'),
  };
  // Not by `bin/bench.js`, which may start a bundle: lines are counted in the modules.
  const module = pathToFileURL(join(root, 'dist/src/cli.js')).href;
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', START, module, ...args], {
    ...{ cwd, env, stdio: 'ignore' },
  });
  return status === 0;
}

function main(roots: readonly string[]): void {
  const measured = roots.map((root) => measure(resolve(root)));
  const folders = [...new Set(measured.flatMap(({ lines }) => [...lines.byFolder.keys()]))].sort();
  const row = (name: string, of: (lines: RanLines) => number) =>
    `| ${name} | ${measured.map(({ lines }) => of(lines).toLocaleString('en')).join(' | ')} |`;
  console.log(`| | ${roots.join(' | ')} |\n|---|${roots.map(() => '---|').join('')}`);
  console.log(row('lines that ran, in functions', ({ inFunctions }) => inFunctions));
  console.log(row('files they stand in', ({ files }) => files));
  for (const folder of folders) console.log(row(`\`${folder}\``, ({ byFolder }) => byFolder.get(folder) ?? 0));
  for (const [at, { failed }] of measured.entries()) {
    if (failed.length > 0) console.log(`\n${roots[at]}: did not end with exit code 0: ${failed.join('; ')}`);
  }
}

main(process.argv.slice(2));
