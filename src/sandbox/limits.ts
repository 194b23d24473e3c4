/** What one program may use. */
import type { Bytes, Milliseconds } from '../core/units.ts';

export interface SandboxLimits {
  /** Processor time of all its processes and threads together, ended ones included. */
  readonly cpuMs: Milliseconds;
  /** Time on the wall: ends what sleeps. */
  readonly wallMs: Milliseconds;
  /** Address space of each process, and memory of all together: resident pages, shared segments, files in memory. */
  readonly memoryBytes: Bytes;
  /** Largest file. */
  readonly fileBytes: Bytes;
  /** All files of one of the two temporary folders (`/tmp`, `/dev/shm`); they count as memory, too. */
  readonly tmpBytes: Bytes;
  /** Files and folders in one of them. */
  readonly files: number;
  /** Processes and threads. */
  readonly processes: number;
  /** Standard output and standard error together. */
  readonly outputBytes: Bytes;
  /** Largest value that a function returns to the tests. */
  readonly answerBytes: Bytes;
}

const MIB = 1024 * 1024;

/**
 * Limits on a machine of speed 1. The published evaluation allows 3 s on the wall and no more than that; here processor
 * time counts, so that a busy machine changes no verdict, and the wall clock is far away.
 */
export const BASE_LIMITS: SandboxLimits = {
  cpuMs: 3000,
  wallMs: 15_000,
  memoryBytes: 1024 * MIB,
  fileBytes: 16 * MIB,
  tmpBytes: 64 * MIB,
  files: 4096,
  processes: 32,
  outputBytes: 4 * MIB,
  answerBytes: 16 * MIB,
};

/** Slower than this, a machine is given no more time. */
const SLOWEST = 1 / 20;

/**
 * The limits for a machine of this speed: a slower one (speed below 1) gets more time in proportion, a faster one the same.
 * Space does not change.
 */
export function scaleLimits(base: SandboxLimits, speed: number): SandboxLimits {
  if (!(speed > 0)) throw new RangeError(`scaleLimits: expected a speed above 0, found ${speed}`);
  const factor = 1 / Math.min(1, Math.max(speed, SLOWEST));
  return { ...base, cpuMs: Math.round(base.cpuMs * factor), wallMs: Math.round(base.wallMs * factor) };
}
