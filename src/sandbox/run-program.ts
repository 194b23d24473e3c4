/** One program through one judge process: start it, hand over the texts, wait for the verdict, leave nothing running. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program, Verdict } from '../core/program.ts';
import { type Backend, type LaunchOptions, launch } from './backend.ts';
import { verdictLine } from './verdict.ts';

export interface RunSettings extends Omit<LaunchOptions, 'folder'> {
  readonly backend: Backend;
  /** User that the program becomes; null = the one it is. */
  readonly uid: number | null;
}

/** Longer than the judge's own clock; only a judge that hangs meets this one. */
const GRACE_MS = 2000;
/** A judge writes two short lines. */
const LONGEST_REPORT = 64 * 1024;
const LONGEST_COMPLAINT = 4096;

export async function runProgram(settings: RunSettings, program: Program, signal?: AbortSignal): Promise<Verdict> {
  if (signal?.aborted) return stopped;
  if (settings.backend !== 'none') return judged(settings, '/tmp', program, signal);
  const folder = await mkdtemp(join(tmpdir(), 'bench-sandbox-'));
  try {
    return await judged(settings, folder, program, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const stopped: Verdict = { kind: 'not-run', reason: 'stopped' };

function judged(settings: RunSettings, folder: string, program: Program, signal?: AbortSignal): Promise<Verdict> {
  const { command, args, cwd, readable, isolated } = launch(settings.backend, { ...settings, folder });
  const child = spawn(command, args, {
    cwd,
    detached: true,
    stdio: 'pipe',
    // Where a set is iterated must not depend on the run; the program itself does not see this variable.
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, LANG: 'C.UTF-8', PYTHONHASHSEED: '0' },
  });
  const { limits, uid } = settings;
  const { solution, ...tests } = program;
  child.stdin.on('error', () => {}); // a judge that died early; its exit says so
  child.stdin.write(Buffer.concat([{ limits, readable, isolated, uid }, solution, tests].map(frame)));
  return new Promise((resolve) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      kill(child);
    }, limits.wallMs + GRACE_MS);
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

/** The judge's last line, if it came that far. Without one a program that was started has not passed. */
function verdictOf(report: string, complaint: string, late: boolean, end: string): Verdict {
  const lines = report.split('\n').slice(0, -1);
  const last = verdictLine.safeParse(JSON.parse(lines.at(-1) ?? 'null'));
  if (last.success) return { kind: last.data.verdict, reason: last.data.reason };
  const said = complaint.trim().split('\n').at(-1);
  const reason = said ? `${end}: ${said}` : end;
  return { kind: lines.length === 0 ? 'not-run' : late ? 'timeout' : 'crash', reason };
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
