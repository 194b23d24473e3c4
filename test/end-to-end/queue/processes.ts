/** Collectors and workers as processes, which a test may stop and kill. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const BENCH = fileURLToPath(new URL('../../../bin/bench.js', import.meta.url));

export interface Started {
  readonly process: ChildProcess;
  readonly written: { stdout: string; stderr: string };
  /** Exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
}

export function startBench(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Started {
  const child = spawn(process.execPath, [BENCH, ...words], {
    env: { ...process.env, BENCH_DATA_DIR: '', ...environment },
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    written.stdout += text;
  });
  child.stderr.on('data', (text) => {
    written.stderr += text;
  });
  return { process: child, written, ended: new Promise((resolve) => child.once('close', resolve)) };
}

/** What a run leaves that depends neither on time nor on the machine. */
const BYTES = ['manifest.json', 'records.jsonl', 'questions.jsonl.gz', 'summary.json'];

/** Every run of one folder has the same bytes in the other. */
export function expectSameRuns(found: string, wanted: string): void {
  expect(readdirSync(found).sort()).toEqual(readdirSync(wanted).sort());
  for (const name of readdirSync(wanted)) {
    for (const file of BYTES) {
      const same = readFileSync(join(found, name, file)).equals(readFileSync(join(wanted, name, file)));
      expect(same, `${name}/${file} has the bytes of the local run`).toBe(true);
    }
  }
}

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
