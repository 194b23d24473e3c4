/**
 * How long `bench --help`, `bench run --help` and README's first command take: `node dist/scripts/bench-start.js [OTHER …]`, with OTHER the
 * folder of another built checkout to set beside this one. The builds take turns; medians of whole processes. Run it on an idle machine.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './median.ts';

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

/** Seconds of one process, from its start to its end. */
function secondsOf(root: string, { args }: Timed): number {
  const folder = mkdtempSync(join(tmpdir(), 'bench-start-'));
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'bin/bench.js'), ...args(folder)], {
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
    encoding: 'utf8',
  });
  const seconds = (performance.now() - started) / 1000;
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`${root}: exit code ${status}: ${stderr}`);
  return seconds;
}

function main(others: readonly string[]): void {
  const roots = [HERE, ...others.map((other) => resolve(other))];
  console.log(`| seconds, median | here | ${others.map((other) => `${other} | here / ${other}`).join(' | ')} |`);
  console.log(`|---|---|${others.map(() => '---|---|').join('')}`);
  for (const command of COMMANDS) {
    for (const root of roots) secondsOf(root, command); // files are in memory from here on
    const rounds = Array.from({ length: command.runs }, () => roots.map((root) => secondsOf(root, command)));
    const [here = 0, ...there] = roots.map((_, at) => median(rounds.map((round) => round[at] as number)));
    const cells = there.map((seconds) => `${seconds.toFixed(3)} | ${(here / seconds).toFixed(2)}`);
    console.log(`| ${command.name} | ${here.toFixed(3)} | ${cells.join(' | ')} |`);
  }
}

main(process.argv.slice(2));
