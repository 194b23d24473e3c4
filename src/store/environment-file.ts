/** `environment.json`: when, where and how fast. Never part of a run's identity, never needed to read its results. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Bytes, Seconds } from '../core/units.ts';
import { atomicWrite } from '../files/atomic-write.ts';
import { jsonOrNull } from '../files/json-file.ts';
import { firstIssue } from './records/first-issue.ts';
import { RUN_FILES } from './run-folder.ts';
import { type RunWarning, WARNING_CODES, warning } from './warning.ts';

export const ENVIRONMENT_FORMAT = 'bench-environment/1';

/** The machine and the software that computed a session. */
export interface Machine {
  readonly node: string;
  readonly bench: string;
  /** Commit of the program; ends in `+changes` when files differed from it; null outside a git checkout. */
  readonly gitRevision: string | null;
  readonly platform: string;
  readonly host: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: Bytes;
  /** Version of each engine package in use. */
  readonly engines: Readonly<Record<string, string>>;
}

/** What it took to write the texts of one number of steps T. */
export interface WritingCost {
  /** Wall time in which they were written, shared evenly with what was under way beside them. */
  readonly seconds: Seconds;
  readonly texts: number;
  readonly nfe: number;
  readonly tokens: number;
}

/** One stretch of work on a run, from start or resume to its end, kill included. */
export interface Session {
  /** ISO 8601, UTC. */
  readonly started: string;
  /** Until the last stored unit. */
  readonly seconds: Seconds;
  /** Items stored in this session. */
  readonly items: number;
  /** Sequences that went through the network for them. */
  readonly nfe: number;
  readonly peakMemoryBytes: Bytes;
  /** By T, where texts were written by denoising with T as set; items that were asked again count again. */
  readonly writing?: Readonly<Record<string, WritingCost>>;
  /** `running` also marks a session that was killed. */
  readonly state: 'running' | 'completed' | 'interrupted' | 'failed';
  readonly machine: Machine;
  readonly warnings: readonly RunWarning[];
}

export interface RunEnvironment {
  readonly format: typeof ENVIRONMENT_FORMAT;
  readonly sessions: readonly Session[];
}

export const NO_SESSIONS: RunEnvironment = { format: ENVIRONMENT_FORMAT, sessions: [] };

/** Reads the file. One that is missing has no sessions; one that cannot be read has none and gives a warning. */
export async function readEnvironment(
  folder: string,
): Promise<{ readonly environment: RunEnvironment; readonly warnings: readonly RunWarning[] }> {
  const path = join(folder, RUN_FILES.environment);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return { environment: NO_SESSIONS, warnings: [] };
  const parsed = environmentSchema.safeParse(jsonOrNull(text));
  if (parsed.success) return { environment: parsed.data, warnings: [] };
  const message = `${path} cannot be read (${firstIssue(parsed.error)}); times and hosts of earlier sessions are unknown`;
  return { environment: NO_SESSIONS, warnings: [warning('damaged-environment', message)] };
}

/** What was spent on each T over all sessions. */
export function writingCosts({ sessions }: Pick<RunEnvironment, 'sessions'>): Readonly<Record<string, WritingCost>> {
  return sessions.reduce((sum, { writing = {} }) => addCosts(sum, writing), {});
}

/** Sums by T. */
export function addCosts(
  a: Readonly<Record<string, WritingCost>>,
  b: Readonly<Record<string, WritingCost>>,
): Readonly<Record<string, WritingCost>> {
  const sums: Record<string, WritingCost> = { ...a };
  for (const [T, cost] of Object.entries(b)) {
    const { seconds, texts, nfe, tokens } = sums[T] ?? NO_COST;
    sums[T] = {
      seconds: seconds + cost.seconds,
      texts: texts + cost.texts,
      nfe: nfe + cost.nfe,
      tokens: tokens + cost.tokens,
    };
  }
  return sums;
}

const NO_COST: WritingCost = { seconds: 0, texts: 0, nfe: 0, tokens: 0 };

export async function writeEnvironment(folder: string, environment: RunEnvironment): Promise<void> {
  await atomicWrite(join(folder, RUN_FILES.environment), `${JSON.stringify(environment, null, 2)}\n`);
}

/** Wall time of scoring over all sessions. */
export function totalSeconds(environment: RunEnvironment): Seconds {
  return environment.sessions.reduce((total, session) => total + session.seconds, 0);
}

const machineSchema = z.strictObject({
  node: z.string(),
  bench: z.string(),
  gitRevision: z.string().nullable(),
  platform: z.string(),
  host: z.string(),
  cpu: z.string(),
  cores: z.number(),
  memoryBytes: z.number(),
  engines: z.record(z.string(), z.string()),
});

const writingCost = z.strictObject({ seconds: z.number(), texts: z.number(), nfe: z.number(), tokens: z.number() });

const environmentSchema: z.ZodType<RunEnvironment> = z.strictObject({
  format: z.literal(ENVIRONMENT_FORMAT),
  sessions: z.array(
    z.strictObject({
      started: z.string(),
      seconds: z.number(),
      items: z.number(),
      nfe: z.number(),
      peakMemoryBytes: z.number(),
      writing: z.record(z.string(), writingCost).exactOptional(),
      state: z.enum(['running', 'completed', 'interrupted', 'failed']),
      machine: machineSchema,
      warnings: z.array(
        z.strictObject({
          code: z.enum(WARNING_CODES),
          message: z.string(),
          exampleIds: z.array(z.string()),
        }),
      ),
    }),
  ),
});
