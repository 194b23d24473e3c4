/**
 * How long `bench --help`, `bench run --help` and README's first command take, and how many files of JavaScript each loads:
 * `node dist/scripts/bench-start.js [OTHER …]`, with OTHER the folder of another built checkout to set beside this one. The builds take turns;
 * medians of whole processes. Run it on an idle machine.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './median.ts';
import { loadedFiles } from './structure/ran-lines.ts';

const HERE = fileURLToPath(new URL('../../', import.meta.url));

interface Timed {
  readonly name: string;
  readonly runs: number;
  /** Given an empty folder for what it writes. */
  readonly args: (folder: string) => readonly string[];
}

const COMMANDS: readonly Timed[] = [
  { name: '`bench --help`', runs: 15, args: () => ['--help'] },
  { name: '`bench run --help`', runs: 15, args: () => ['run', '--help'] },
  {
    name: '`bench run --models tiny-gpt2,tiny-diffugpt`',
    runs: 3,
    args: (folder) => ['run', '--models', 'tiny-gpt2,tiny-diffugpt', '--out', folder],
  },
];

interface Started {
  /** From the start of the process to its end. */
  readonly seconds: number;
  /** Files of JavaScript that it loaded, in all its threads; null where they were not counted, which takes time. */
  readonly files: number | null;
}

function start(root: string, { args }: Timed, counted: boolean): Started {
  const folder = mkdtempSync(join(tmpdir(), 'bench-start-'));
  const coverage = join(folder, 'coverage');
  mkdirSync(coverage);
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'bin/bench.js'), ...args(join(folder, 'out'))], {
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1', ...(counted ? { NODE_V8_COVERAGE: coverage } : {}) },
    encoding: 'utf8',
  });
  const seconds = (performance.now() - started) / 1000;
  const files = counted ? loaded(coverage) : null;
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`${root}: exit code ${status}: ${stderr}`);
  return { seconds, files };
}

/** Files that V8 reports of, one report a process or thread. */
function loaded(coverage: string): number {
  const scripts = readdirSync(coverage).flatMap((name) => loadedFiles(join(coverage, name)));
  return new Set(scripts.map(({ url }) => url)).size;
}

function main(others: readonly string[]): void {
  const roots = [HERE, ...others.map((other) => resolve(other))];
  console.log(`| seconds, median; files | here | ${others.map((other) => `${other} | here / ${other}`).join(' | ')} |`);
  console.log(`|---|---|${others.map(() => '---|---|').join('')}`);
  for (const command of COMMANDS) {
    const files = roots.map((root) => start(root, command, true).files); // all are in memory from here on
    const rounds = Array.from({ length: command.runs }, () => roots.map((root) => start(root, command, false).seconds));
    const medians = roots.map((_, at) => median(rounds.map((round) => round[at] as number)));
    const [here = '', ...there] = medians.map((seconds, at) => `${seconds.toFixed(3)}; ${files[at]}`);
    const ratios = medians.slice(1).map((seconds) => ((medians[0] as number) / seconds).toFixed(2));
    console.log(`| ${command.name} | ${here} | ${there.map((cell, at) => `${cell} | ${ratios[at]}`).join(' | ')} |`);
  }
}

main(process.argv.slice(2));
