/** The clock and the machine: the only place that asks for the time, the host or versions. None of it enters a result. */
import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, hostname, totalmem } from 'node:os';
import type { SandboxFacts } from '../core/program.ts';
import type { Bytes, Seconds } from '../core/units.ts';
import { packageRoot, packageVersion } from '../files/package-root.ts';
import type { Machine } from '../store/environment.ts';

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

/** Notes a plugin for the provenance of all later runs. */
export function notePlugin(name: string, version: string): void {
  plugins.set(name, version);
}

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
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
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
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['--no-optional-locks', ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    if (realpathSync(git('rev-parse', '--show-toplevel')) !== realpathSync(root)) return null;
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return git('rev-parse', 'HEAD') + (changed ? '+changes' : '');
  } catch {
    return null;
  }
}
