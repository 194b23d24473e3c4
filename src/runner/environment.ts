/**
 * What `environment.json` says of a run: the machine, and what each session took. The clock: only here are the time, the host or versions asked
 * for. None of it enters a result.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, totalmem } from 'node:os';
import { join } from 'node:path';
import type { SandboxFacts } from '../core/program.ts';
import type { ItemRecord } from '../core/record.ts';
import { type Share, shareText } from '../core/share.ts';
import type { Bytes, Seconds } from '../core/units.ts';
import { packageRoot, packageVersion } from '../files/package-root.ts';
import { processorName, usableCores } from '../files/processors.ts';
import {
  addCosts,
  addSessionWork,
  type Machine,
  type OpenedFrom,
  type RunWarning,
  type Session,
  type SessionWork,
  type SessionWorker,
  type WritingCost,
} from '../store/environment.ts';
import type { RunWriter } from '../store/run-writer.ts';
import type { AnsweredUnit } from './plan.ts';

/** Passed in wherever time is needed, so that tests can hold it still. */
export interface Clock {
  /** Time of day, ISO 8601, UTC. */
  now(): string;
  /** Monotonic; its zero means nothing. */
  seconds(): Seconds;
}

export const systemClock: Clock = { now: () => new Date().toISOString(), seconds: () => performance.now() / 1000 };

/** Version and digest of each plugin in use, by name. */
const plugins = new Map<string, string>();

/** Name of the plugin that brought a task, by the task's name. */
const pluginOfTask = new Map<string, string>();

/** Notes a plugin for the provenance of all later runs, and the tasks that it brings. */
export function notePlugin(name: string, version: string, tasks: readonly string[]): void {
  plugins.set(name, version);
  for (const task of tasks) pluginOfTask.set(task, name);
}

/** Name of the plugin that a task comes from; undefined where it comes from none. */
export const pluginOf = (task: string): string | undefined => pluginOfTask.get(task);

/**
 * @param engines version of each engine package in use
 * @param sandbox where model-written programs run, for a task that has some
 */
export function describeMachine(engines: Readonly<Record<string, string>>, sandbox?: SandboxFacts): Machine {
  const root = packageRoot();
  return {
    node: process.version,
    bench: packageVersion(),
    gitRevision: revisionOf(root),
    platform: `${process.platform}-${process.arch}`,
    host: hostname(),
    cpu: processorName(),
    cores: usableCores(),
    memoryBytes: totalmem(),
    engines,
    ...(plugins.size === 0 ? {} : { plugins: Object.fromEntries(plugins) }),
    ...(sandbox === undefined ? {} : { sandbox }),
  };
}

/** Largest resident set of this process so far. */
export function peakMemoryBytes(): Bytes {
  return process.resourceUsage().maxRSS * 1024;
}

/** Forgets the largest resident set of this process so far. @returns false where the system cannot */
export function forgetPeakMemory(): boolean {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return true;
  } catch {
    return false;
  }
}

/** Largest resident set of this process since `forgetPeakMemory`; null where the system does not say. */
export function peakMemorySince(): Bytes | null {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}

/** By folder: what this process runs was read when it started. */
const revisions = new Map<string, string | null>();

function revisionOf(root: string): string | null {
  const known = revisions.get(root);
  if (known !== undefined) return known;
  const found = gitRevision(root);
  revisions.set(root, found);
  return found;
}

/** null outside a checkout of this very package: a project that installed it has a revision of its own. */
function gitRevision(root: string): string | null {
  if (!existsSync(join(root, '.git'))) return null;
  const asked = [
    '--no-optional-locks',
    'status',
    '--porcelain=v2',
    '--branch',
    '--no-ahead-behind',
    '--untracked-files=no',
  ];
  try {
    const said = execFileSync('git', asked, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const [, commit] = /^# branch\.oid ([0-9a-f]+)$/m.exec(said) ?? [];
    const isChanged = said.split('\n').some((line) => line !== '' && !line.startsWith('#'));
    return commit === undefined ? null : commit + (isChanged ? '+changes' : '');
  } catch {
    return null;
  }
}

/** Between two writes of the session; each costs two waits for the disk. */
const WRITE_INTERVAL: Seconds = 1;

/** What is known of a session before it begins. */
export interface SessionFacts {
  readonly machine: Machine;
  readonly openedFrom: OpenedFrom | null;
  /** null: all that is missing. */
  readonly share: Share | null;
}

export type SessionLog = ReturnType<typeof sessionLog>;

/** Keeps the current session in `environment.json` about up to date, for the case of a kill. */
export function sessionLog(writer: RunWriter, clock: Clock, facts: SessionFacts, found: readonly RunWarning[] = []) {
  const { machine, openedFrom, share } = facts;
  const started = clock.now();
  const startSeconds = clock.seconds();
  const warnings = [...writer.warnings, ...found];
  let seconds: Seconds = 0;
  let writtenAt: Seconds | null = null;
  let items = 0;
  let nfe = 0;
  let writing: Readonly<Record<string, WritingCost>> = {};
  let work: SessionWork | null = null;
  /** By name. */
  const workers = new Map<string, SessionWorker>();
  const write = async (state: Session['state']): Promise<void> => {
    writtenAt = seconds;
    await writer.writeSession({
      started,
      seconds,
      items,
      nfe,
      peakMemoryBytes: peakMemoryBytes(),
      ...(Object.keys(writing).length === 0 ? {} : { writing }),
      ...(work === null ? {} : { work }),
      ...(openedFrom === null ? {} : { openedFrom }),
      ...(share === null ? {} : { share: shareText(share) }),
      ...(workers.size === 0 ? {} : { workers: [...workers.values()] }),
      state,
      machine,
      warnings,
    });
  };
  return {
    write,
    /** The session is in the file and needs a last word. */
    isWritten: () => writtenAt !== null,
    warnings,
    sums: () => ({ seconds, newItems: items }),
    /** Notes stored records, what was odd about them, what the texts of each T took, and what the network computed. */
    async note(
      records: readonly ItemRecord[],
      odd: readonly RunWarning[],
      { costs, by }: Pick<AnsweredUnit, 'costs' | 'by'>,
    ): Promise<void> {
      writing = addCosts(writing, costs.writing ?? {});
      if (costs.work) work = work === null ? costs.work : addSessionWork(work, costs.work);
      seconds = clock.seconds() - startSeconds;
      items += records.length;
      for (const { response } of records) if (response.kind !== 'unanswered') nfe += response.nfe;
      warnings.push(...odd);
      if (by !== undefined) {
        const before = workers.get(by.name) ?? { seconds: 0, items: 0 };
        const worked = { seconds: before.seconds + by.seconds, items: before.items + records.length };
        workers.set(by.name, { ...by, ...worked });
      }
      if (writtenAt === null || seconds - writtenAt >= WRITE_INTERVAL) await write('running');
    },
  };
}
