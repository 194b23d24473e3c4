/** One program through one judge process: start it, hand over the texts, wait for the verdict, leave nothing running. */
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type Program, VERDICTS, type Verdict } from '../core/program.ts';
import { type Backend, type LaunchOptions, launch, SEARCHED } from './backend.ts';
import { type Cgroup, type Cgroups, makeCgroup } from './cgroup.ts';

export interface RunSettings extends Omit<LaunchOptions, 'folder'> {
  readonly backend: Backend;
  /** User that the program becomes; null = the one it is. */
  readonly uid: number | null;
  /** Where a control group is made for the program; null = the judge counts by itself. */
  readonly cgroups: Cgroups | null;
  /** User and group that the whole sandbox is started as (only root can); null = this one. */
  readonly user: number | null;
}

/** Time to build the sandbox and to read the tests, on a machine that is busy with much else. */
const START_MS = 60_000;
/** Longer than the judge's own clock, which waits while a program waits for a processor; only a judge that hangs meets this one. */
const LONGEST_WAIT = 4;
const GRACE_MS = 2000;
/** A judge writes two short lines. */
const LONGEST_REPORT = 64 * 1024;
const LONGEST_COMPLAINT = 4096;

export async function runProgram(settings: RunSettings, program: Program, signal?: AbortSignal): Promise<Verdict> {
  if (signal?.aborted) return stopped;
  let group: Cgroup | null = null;
  let folder: string | null = null;
  try {
    if (settings.cgroups !== null) group = await makeCgroup(settings.cgroups, settings.limits);
    if (settings.backend === 'none') folder = await mkdtemp(join(tmpdir(), 'bench-sandbox-'));
  } catch (error) {
    await group?.close();
    return { kind: 'not-run', reason: error instanceof Error ? error.message : String(error) };
  }
  try {
    return await judged(settings, group, folder ?? '/tmp', program, signal);
  } finally {
    await group?.close();
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }
}

const stopped: Verdict = { kind: 'not-run', reason: 'stopped' };

function judged(
  settings: RunSettings,
  group: Cgroup | null,
  folder: string,
  program: Program,
  signal?: AbortSignal,
): Promise<Verdict> {
  const { limits, uid, user } = settings;
  const { command, args, cwd, ...place } = launch(settings.backend, { ...settings, folder });
  const child = spawn(command, args, {
    cwd,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', ...(group?.files ?? []).map(({ fd }) => fd)],
    ...(user === null ? {} : { uid: user, gid: user }),
    // Where a set is iterated must not depend on the run; the program itself does not see this variable.
    env: { PATH: SEARCHED.join(':'), HOME: folder, LANG: 'C.UTF-8', PYTHONHASHSEED: '0' },
  }) as ChildProcessWithoutNullStreams;
  const { solution, ...tests } = program;
  const told = { limits, ...place, uid, cgroup: group?.handles ?? null };
  child.stdin.on('error', () => {}); // a judge that died early; its exit says so
  child.stdin.write(Buffer.concat([told, solution, tests].map(frame)));
  return new Promise((resolve) => {
    let late = false;
    const endIn = (ms: number) =>
      setTimeout(() => {
        late = true;
        kill(child);
      }, ms);
    let timer = endIn(START_MS);
    child.stdout.once('data', () => {
      clearTimeout(timer);
      timer = endIn(LONGEST_WAIT * limits.wallMs + GRACE_MS);
    });
    const onAbort = () => kill(child);
    signal?.addEventListener('abort', onAbort, { once: true });
    const report = collect(child.stdout, LONGEST_REPORT);
    const complaint = collect(child.stderr, LONGEST_COMPLAINT);
    const finish = (verdict: Verdict) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      kill(child);
      child.stdin.destroy();
      resolve(verdict);
    };
    child.on('error', (error) => finish({ kind: 'not-run', reason: error.message }));
    child.on('close', (code, killedBy) => {
      const end = late ? 'its judge did not answer in time' : `its judge ended with ${killedBy ?? `exit code ${code}`}`;
      if (signal?.aborted) finish(stopped);
      else finish(verdictOf(report(), complaint(), late, end));
    });
  });
}

/**
 * The judge's last line, if it came that far. Only a program of which the judge never said that it starts was not run: one that
 * was started, and left no verdict about it, has not passed.
 */
export function verdictOf(report: string, complaint: string, late: boolean, end: string): Verdict {
  const lines = report.split('\n').slice(0, -1).map(parsed);
  const wasStarted = startLine.safeParse(lines[0]).success;
  const { success, data } = verdictLine.safeParse(lines.at(-1));
  if (success && !wasStarted) return { kind: 'not-run', reason: data.reason };
  if (success) return { kind: data.verdict === 'not-run' ? 'crash' : data.verdict, reason: data.reason };
  const said = complaint.trim().split('\n').at(-1);
  const reason = said ? `${end}: ${said}` : end;
  return { kind: !wasStarted ? 'not-run' : late ? 'timeout' : 'crash', reason };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** A length in four bytes, then JSON. */
function frame(value: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(value), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text]);
}

function collect(stream: NodeJS.ReadableStream, limit: number): () => string {
  const parts: Buffer[] = [];
  let size = 0;
  stream.on('data', (part: Buffer) => {
    if (size < limit) parts.push(part);
    size += part.length;
  });
  return () => Buffer.concat(parts).toString('utf8').slice(0, limit);
}

/** Ends the whole group; in a process namespace all that runs there goes with it. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // gone already
  }
}

/** What the judge process says before the program starts. */
const startLine = z.strictObject({ started: z.literal(true) });

/** What it says at last. */
const verdictLine = z.strictObject({ verdict: z.enum(VERDICTS), reason: z.string() });
