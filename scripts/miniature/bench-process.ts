/** `bench` as a process of its own in the work folder, and marks of what is finished. */
import { spawn } from 'node:child_process';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/files/package-root.ts';

const BENCH = join(packageRoot(), 'bin', 'bench.js');

/** @returns what it printed; progress is dropped */
export function bench(folder: string, words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [BENCH, ...words], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  return new Promise((finished, failed) => {
    child.on('error', failed);
    child.on('close', (code) => {
      if (code === 0) return finished(Buffer.concat(output).toString());
      failed(
        new Error(`bench ${words.join(' ')}: exit code ${code}\n${Buffer.concat(errors).toString().slice(-2000)}`),
      );
    });
  });
}

/** A file in the model's folder, written when everything about it is stored. */
const markOf = (folder: string, name: string): string => join(folder, name, 'done');

export async function markDone(folder: string, name: string): Promise<void> {
  await writeFile(markOf(folder, name), '');
}

export async function isDone(folder: string, name: string): Promise<boolean> {
  return access(markOf(folder, name)).then(
    () => true,
    () => false,
  );
}
