/** Whole runs of the command line, this build's and another's in turn. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Seconds } from '../../src/core/units.ts';

const WATCH = pathToFileURL(fileURLToPath(new URL('engine-time.js', import.meta.url))).href;

export interface WholeRun {
  readonly wall: Seconds;
  /** Of all processors. */
  readonly processor: Seconds;
  /** During which onnxruntime computed, in any thread. */
  readonly engine: Seconds;
}

export const FIRST_COMMAND = ['--models', 'tiny-gpt2,tiny-diffugpt'];
/** 1,000 items. */
export const SCORED_ITEMS = ['--models', 'tiny-gpt2', '--tasks', 'stories-choice,stories-cloze'];

/** @param root of a built checkout @param watched whether to take the engine's time, which costs a little */
export function wholeRun(root: string, choice: readonly string[], watched: boolean): WholeRun {
  const folder = mkdtempSync(join(tmpdir(), 'bench-speed-'));
  const times = join(folder, 'times');
  const program = [join(root, 'bin/bench.js'), 'run', ...choice, '--out', join(folder, 'runs')];
  const env = { ...process.env, ORT_DISABLE_TELEMETRY: '1', BENCH_ENGINE_TIMES: times };
  try {
    const [before, started] = [childSeconds(), performance.now()];
    const args = watched ? ['--import', WATCH, ...program] : program;
    const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
    const wall = (performance.now() - started) / 1000;
    if (status !== 0) throw new Error(`${root}: exit code ${status}: ${stderr}`);
    return { wall, processor: childSeconds() - before, engine: watched ? covered(readFileSync(times, 'utf8')) : 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Processor seconds of all child processes that have ended, of the system's file about this one. */
function childSeconds(): Seconds {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const TICKS = 100;
  return (Number(fields[13]) + Number(fields[14])) / TICKS;
}

/** Of intervals that may overlap. */
function covered(lines: string): Seconds {
  const spans = lines
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ').map(Number) as [number, number])
    .sort(([a], [b]) => a - b);
  let [total, end] = [0, 0];
  for (const [from, to] of spans) {
    total += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return total / 1000;
}
