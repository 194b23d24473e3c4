/** A folder with all that the writers read, made once and copied for each trial. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Writer } from './writers.ts';

/** What stands in the files that a writer replaces. */
export const OLD = 'what was there before\n'.repeat(400);

/** @throws Error where a command fails that nobody stops */
export function prepare(folder: string, bench: string): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const request = (id: number) => JSON.stringify({ id, kind: 'loglikelihood', context: 'red', continuation: ' blue' });
  write('requests.jsonl', `${Array.from({ length: 400 }, (_, id) => request(id)).join('\n')}\n`);
  const prediction = JSON.stringify({ predict: '<<1+1=2>> #### 2', label: '#### 2' });
  write('predictions.jsonl', `${prediction}\n`.repeat(2000));
  write('story.txt', 'the cat sat on the mat and the dog lay on the rug\n\n'.repeat(200));
  const models = ['--models', 'tiny-gpt2,tiny-diffugpt', '--tasks', 'pointer-chasing', '--limit', '30', '--steps', '2'];
  command(folder, bench, ['run', ...models, '--out', 'runs']);
  for (const shard of ['1/2', '2/2']) command(folder, bench, ['run', ...models, '--out', 'parts', '--shard', shard]);
  command(folder, bench, ['bless', 'runs', '--models', 'tiny-gpt2', '--name', 'baseline', '--out', '.']);
}

/** A fresh copy in which the files that the writer replaces have old content. */
export function beginTrial(prepared: string, trial: string, { replaces }: Writer): void {
  rmSync(trial, { recursive: true, force: true });
  cpSync(prepared, trial, { recursive: true });
  mkdirSync(join(trial, 'out'), { recursive: true });
  for (const file of replaces) writeFileSync(join(trial, file), OLD);
}

/** Exit codes of a gate that judged are no failure. */
function command(folder: string, bench: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [bench, ...args], { cwd: folder, encoding: 'utf8' });
  if (status !== 0 && !(args[0] === 'gate' && (status === 3 || status === 4))) {
    throw new Error(`bench ${args.join(' ')} ended with ${status}: ${stderr}`);
  }
}

/** Runs a writer to its end and gives the files that it is judged by, by path below the folder. */
export function finish(folder: string, bench: string, writer: Writer): ReadonlyMap<string, Buffer> {
  command(folder, bench, writer.args);
  return outputsOf(folder, writer);
}

export function outputsOf(folder: string, { replaces, resumes }: Writer): ReadonlyMap<string, Buffer> {
  const patterns = resumes.map((source) => new RegExp(source));
  const all = filesUnder(join(folder, 'out')).map((path) => relative(folder, path));
  const judged = all.filter((path) => replaces.includes(path) || patterns.some((pattern) => pattern.test(path)));
  return new Map(judged.sort().map((path) => [path, readFileSync(join(folder, path))]));
}

/** Drafts and whatever else is left that is no output. */
export const leftOvers = (folder: string): readonly string[] =>
  filesUnder(join(folder, 'out')).filter((path) => path.endsWith('.tmp'));

const filesUnder = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
