/** Collectors and workers as processes, which may be stopped and killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/files/package-root.ts';

const benchOf = (build: string): string => join(build, 'bin/bench.js');
export const BENCH = benchOf(packageRoot());

export interface Started {
  readonly process: ChildProcess;
  readonly written: { stdout: string; stderr: string };
  /** Exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** @param build folder of the build that is started */
export const startBench = (
  words: readonly string[],
  environment: Environment = {},
  build: string = packageRoot(),
): Started => started(process.execPath, [benchOf(build), ...words], environment);

type Environment = Readonly<Record<string, string>>;

export function started(program: string, words: readonly string[], environment: Environment): Started {
  const child = spawn(program, words, { env: { ...process.env, BENCH_DATA_DIR: '', ...environment } });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    written.stdout += text;
  });
  child.stderr.on('data', (text) => {
    written.stderr += text;
  });
  return { process: child, written, ended: new Promise((resolve) => child.once('close', resolve)) };
}

/** What loads a file of this folder before all else. */
export const preloaded = (name: 'shifted-clock' | 'slow-computing'): Environment => ({
  NODE_OPTIONS: `--import=${pathToFileURL(join(packageRoot(), 'scripts/queue', `${name}.mjs`)).href}`,
});

/** What a run leaves that depends neither on time nor on the machine. */
const BYTES = ['manifest.json', 'records.jsonl', 'questions.jsonl.gz', 'summary.json'];

/** What differs between the runs of two folders; empty where they have the same bytes. */
export function differencesOf(found: string, wanted: string): readonly string[] {
  const [names, expected] = [readdirSync(found).sort(), readdirSync(wanted).sort()];
  if (names.join() !== expected.join()) return [`runs ${names.join(', ')} instead of ${expected.join(', ')}`];
  return expected.flatMap((name) =>
    BYTES.filter((file) => !sameBytes(join(found, name, file), join(wanted, name, file))).map(
      (file) => `${name}/${file} has other bytes than that of the local run`,
    ),
  );
}

const sameBytes = (a: string, b: string): boolean =>
  existsSync(a) && existsSync(b) && readFileSync(a).equals(readFileSync(b));

/** Records that are stored so far. */
export function recordsIn(out: string): number {
  const runs = existsSync(out) ? readdirSync(out).map((name) => join(out, name, 'records.jsonl')) : [];
  return runs.filter(existsSync).reduce((sum, file) => sum + readFileSync(file, 'utf8').split('\n').length - 1, 0);
}

export async function until(what: string, isSo: () => boolean | Promise<boolean>, within = 60_000): Promise<void> {
  const started = performance.now();
  while (!(await isSo())) {
    if (performance.now() - started > within) throw new Error(`waited ${within / 1000} s in vain: ${what}`);
    await sleep(20);
  }
}
