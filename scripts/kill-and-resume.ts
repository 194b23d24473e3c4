/**
 * Kills a command again and again at random moments (SIGKILL, the whole process group), lets it resume, and checks that
 * the finished runs are byte-identical to a run that nobody disturbed. Every other moment is random in what is stored
 * and not in time: a command that spends most of its time on starting is killed in the middle of its work too.
 *
 *     node dist/scripts/kill-and-resume.js [--kills 100] [--seed 0] [--out DIR] [--writing] [--command 'npx bench run … --out {out}']
 *
 * `{out}` in the command stands for the folder of its runs. Without `--command` a scripted run with delays is killed,
 * with `--writing` one in which a diffusion model writes.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stream } from '../src/core/numbers/random.ts';
import type { Bytes, Milliseconds } from '../src/core/units.ts';

export interface KillOptions {
  /** Shell command; `{out}` stands for the folder of its runs. Exit code 0 = all runs are complete. */
  readonly command: string;
  /** Folder for the undisturbed run and the killed one. */
  readonly out: string;
  readonly kills: number;
  readonly seed: number;
}

export interface KillReport {
  readonly kills: number;
  /** Kills that left a run begun and not finished. */
  readonly midway: number;
  /** Times that the runs were finished and compared. */
  readonly comparisons: number;
  readonly undisturbedMs: Milliseconds;
  /** What differed from the undisturbed runs; empty = every byte is the same. */
  readonly differences: readonly string[];
}

/** Of what is stored: a kill that is due later may come when all is. */
const MIDDLE = 0.8;

const RECORDS = /(^|\/)records\.jsonl$/;

/** Files whose bytes a kill must not change. Clock and host live in another file. */
const COMPARED = ['manifest.json', 'records.jsonl', 'questions.jsonl.gz', 'traces.jsonl.gz', 'summary.json'];

/** @throws Error when the command fails on its own */
export async function killAndResume({ command, out, kills, seed }: KillOptions): Promise<KillReport> {
  const reference = join(out, 'undisturbed');
  const killed = join(out, 'killed');
  const random = stream(seed, 'kill-and-resume');
  const undisturbedMs = (await attempt(command, reference, null)).elapsedMs;
  const expected = await contents(reference);
  const allBytes = await storedBytes(reference);
  if (expected.size === 0) throw new Error(`the command left no runs under ${reference}`);
  const differences: string[] = [];
  let done = 0;
  let midway = 0;
  let comparisons = 0;
  for (let tries = 0; done < kills || comparisons === 0; tries++) {
    const share = random.uniform(tries);
    const moment =
      tries % 2 === 0
        ? () => sleep(undisturbedMs * share)
        : (ended: AbortSignal) => stored(killed, MIDDLE * allBytes * share, ended);
    const { wasKilled } = await attempt(command, killed, done < kills ? moment : null);
    if (wasKilled) {
      done++;
      const bytes = await storedBytes(killed);
      if (bytes > 0 && bytes < allBytes) midway++;
      // With all records stored, later kills would find nothing to do.
      if (done < kills && bytes < allBytes) continue;
      await attempt(command, killed, null);
    }
    differences.push(...compare(expected, await contents(killed)).map((what) => `after ${done} kills: ${what}`));
    comparisons++;
    await rm(killed, { recursive: true, force: true });
  }
  return { kills: done, midway, comparisons, undisturbedMs, differences };
}

interface Attempt {
  readonly wasKilled: boolean;
  readonly elapsedMs: Milliseconds;
}

/** When to kill: a promise that resolves at that moment, given up once the command has ended. */
type Moment = (ended: AbortSignal) => Promise<unknown>;

/** Runs the command once; at `moment` its process group is killed, if it still runs. */
function attempt(command: string, out: string, moment: Moment | null): Promise<Attempt> {
  const start = performance.now();
  const child = spawn(command.replaceAll('{out}', out), {
    shell: true,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  let wasKilled = false;
  child.stderr.on('data', (text) => {
    errors = `${errors}${text}`.slice(-2000);
  });
  const kill = () => {
    if (child.exitCode !== null || child.pid === undefined) return;
    wasKilled = true;
    process.kill(-child.pid, 'SIGKILL');
  };
  const ended = new AbortController();
  moment?.(ended.signal).then(kill);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      ended.abort();
      const elapsedMs = performance.now() - start;
      if (wasKilled && signal !== null) resolve({ wasKilled: true, elapsedMs });
      else if (code === 0) resolve({ wasKilled: false, elapsedMs });
      else reject(new Error(`the command ended with ${code ?? signal} on its own:\n${errors}`));
    });
  });
}

/** The compared files under a folder, by path below it. */
async function contents(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  if (!existsSync(folder)) return files;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !COMPARED.includes(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path), await readFile(path));
  }
  return files;
}

/** Resolves when the runs under a folder hold more than so many bytes of records, or the command has ended. */
async function stored(folder: string, bytes: Bytes, ended: AbortSignal): Promise<void> {
  while (!ended.aborted && (await storedBytes(folder)) <= bytes) await sleep(2);
}

/** Bytes of all records under a folder. */
async function storedBytes(folder: string): Promise<Bytes> {
  const paths = (await readdir(folder, { recursive: true }).catch(() => [])).filter((path) => RECORDS.test(path));
  const sizes = paths.map((path) =>
    stat(join(folder, path)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function compare(expected: ReadonlyMap<string, Buffer>, found: ReadonlyMap<string, Buffer>): readonly string[] {
  const paths = [...new Set([...expected.keys(), ...found.keys()])].sort();
  return paths.flatMap((path) => {
    const [before, after] = [expected.get(path), found.get(path)];
    if (before === undefined) return [`${path} should not be there`];
    if (after === undefined) return [`${path} is missing`];
    return before.equals(after) ? [] : [`${path} has ${after.length} other bytes than the ${before.length} expected`];
  });
}

/** The folder of package.json, from `scripts` and from `dist/scripts`. */
function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The command of a run in which a diffusion model writes, with every denoising step kept. */
export function writingCommand(): string {
  return `exec '${process.execPath}' '${join(projectRoot(), 'test/end-to-end/resume/writing-driver.mjs')}' '{out}'`;
}

/** The command that kills a scripted run. */
export function scriptedCommand(): string {
  return `exec '${process.execPath}' '${join(projectRoot(), 'test/end-to-end/resume/driver.mjs')}' '{out}' 200 40`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '100' },
      seed: { type: 'string', default: '0' },
      out: { type: 'string' },
      writing: { type: 'boolean', default: false },
      command: { type: 'string' },
    },
  });
  const out = values.out ?? (await mkdtemp(join(tmpdir(), 'kill-and-resume-')));
  await Promise.all(['undisturbed', 'killed'].map((name) => rm(join(out, name), { recursive: true, force: true })));
  const command = values.command ?? (values.writing ? writingCommand() : scriptedCommand());
  const report = await killAndResume({ command, out, kills: Number(values.kills), seed: Number(values.seed) });
  for (const difference of report.differences) console.error(difference);
  const verdict = report.differences.length === 0 ? 'every byte the same' : `${report.differences.length} differences`;
  console.log(
    `${report.kills} kills, ${report.midway} of them midway; ${report.comparisons} finished runs compared: ${verdict} ` +
      `(undisturbed: ${Math.round(report.undisturbedMs)} ms; files in ${out})`,
  );
  process.exitCode = report.differences.length === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) await main();
