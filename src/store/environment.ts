/** When, where and how fast a run was computed. Never part of a run's identity, never needed to read its results. */

import { z } from 'zod';
import type { DeepReadonly } from '../core/deep-readonly.ts';
import type { Seconds } from '../core/units.ts';

/** Something a reader of results should know that did not stop the run. Shown by reports; never just a log line. */
const warningSchema = z.strictObject({
  /**
   * `damaged-records`: lines were set aside and their items recomputed, or are to be;
   * `damaged-environment`: clock and host facts of earlier sessions were set aside;
   * `damaged-traces`: stored steps of texts were cut off and are to be made again;
   * `stale-lock`: an earlier process ended without releasing the run;
   * `not-reproduced`: an item that was computed a second time gave another record;
   * `changed-plugin`: another version of the task's plugin stored items of the run;
   * `mixed-engines`: another engine or type of number computed these items (`bench merge --allow-different`);
   * `lint`: model, tokenizer and data do not go together as they should (src/lint).
   */
  code: z.enum([
    'damaged-records',
    'damaged-environment',
    'damaged-traces',
    'stale-lock',
    'not-reproduced',
    'changed-plugin',
    'mixed-engines',
    'lint',
  ]),
  message: z.string(),
  exampleIds: z.array(z.string()),
});

export type RunWarning = DeepReadonly<z.infer<typeof warningSchema>>;

export const warning = (code: RunWarning['code'], message: string, exampleIds: readonly string[] = []): RunWarning => ({
  code,
  message,
  exampleIds,
});

export const ENVIRONMENT_FORMAT = 'bench-environment/1';

/** The machine and the software that computed a session. */
const machine = z.strictObject({
  node: z.string(),
  bench: z.string(),
  /** Commit of the program; ends in `+changes` when files differed from it; null outside a git checkout. */
  gitRevision: z.string().nullable(),
  platform: z.string(),
  host: z.string(),
  cpu: z.string(),
  /** That the process may use, processors that share one counted once (`files/processors.ts`); processors in runs of earlier versions. */
  cores: z.number(),
  memoryBytes: z.number(),
  /** Version of each engine package in use. */
  engines: z.record(z.string(), z.string()),
  /** Version and digest of each plugin in use; absent where there are none. */
  plugins: z.record(z.string(), z.string()).exactOptional(),
  /** Where model-written programs run, as `SandboxFacts` of `core/program.ts` says; absent where a task runs none. */
  sandbox: z
    .strictObject({
      backend: z.string(),
      accounting: z.string(),
      python: z.string(),
      speed: z.number(),
      cpuMs: z.number(),
      wallMs: z.number(),
    })
    .exactOptional(),
});

/** What can move a number or a time; no host name, for baselines are published. Verdicts do not depend on the sandbox. */
export const machineFactsSchema = machine.omit({ host: true, memoryBytes: true, sandbox: true });

/** What it took to write the texts of one number of steps T. */
const writingCost = z.strictObject({
  /** Wall time in which they were written, shared evenly with what was under way beside them. */
  seconds: z.number(),
  texts: z.number(),
  nfe: z.number(),
  /** Written ones. */
  tokens: z.number(),
  /** Of the network; absent in sessions of earlier versions. */
  flops: z.number().exactOptional(),
});

/** What went through the network, as `core/model.ts` says; items that were asked again count again. */
const netWork = z.strictObject({ items: z.number(), tokens: z.number(), flops: z.number() });

/** A process that computed units for the session of another, which stored them (`bench worker`). */
const sessionWorker = z.strictObject({
  /** Of the process, such as `host:4711`. */
  name: z.string(),
  /** In which it computed. */
  seconds: z.number(),
  /** Of its items, those that were stored. */
  items: z.number(),
  peakMemoryBytes: z.number(),
  machine,
});

/** From where a model was opened, as it was typed: a relative path is one of the folder in which that was. */
const openedFrom = z.strictObject({
  model: z.string(),
  tokenizer: z.string().exactOptional(),
  adapter: z.string().exactOptional(),
});

/** One stretch of work on a run, from start or resume to its end, kill included. */
const session = z.strictObject({
  /** ISO 8601, UTC. */
  started: z.string(),
  /** Until the last stored unit. */
  seconds: z.number(),
  /** Items stored in this session. */
  items: z.number(),
  /** Sequences that went through the network for them. */
  nfe: z.number(),
  peakMemoryBytes: z.number(),
  /** By T, where texts were written by denoising with T as set; items that were asked again count again. */
  writing: z.record(z.string(), writingCost).exactOptional(),
  /** For how many items the network computed what; absent in sessions of earlier versions. */
  work: netWork.exactOptional(),
  /** Absent in sessions of earlier versions. */
  openedFrom: openedFrom.exactOptional(),
  /** Which share of the run it computed, such as `3/16`; absent where it computed all that was missing. */
  share: z.string().exactOptional(),
  /** Who computed, where it was others: then all above but `seconds` and `peakMemoryBytes` is theirs together. */
  workers: z.array(sessionWorker).exactOptional(),
  /** `running` also marks a session that was killed. */
  state: z.enum(['running', 'completed', 'interrupted', 'failed']),
  machine,
  warnings: z.array(warningSchema),
});

export const environmentSchema = z.strictObject({
  format: z.literal(ENVIRONMENT_FORMAT),
  sessions: z.array(session),
  /** Seal of the file, see `seal`; absent in files of earlier versions. */
  sha256: z.string().exactOptional(),
});

export type Machine = DeepReadonly<z.infer<typeof machine>>;
export type MachineFacts = DeepReadonly<z.infer<typeof machineFactsSchema>>;
export type SessionWorker = DeepReadonly<z.infer<typeof sessionWorker>>;
/** Who computed one unit, and how long that took. */
export type UnitWorker = Omit<SessionWorker, 'items'>;
export type WritingCost = DeepReadonly<z.infer<typeof writingCost>>;
/** By number of steps T. */
export type WritingCosts = Readonly<Record<string, WritingCost>>;
export type OpenedFrom = DeepReadonly<z.infer<typeof openedFrom>>;
export type Session = DeepReadonly<z.infer<typeof session>>;
export type RunEnvironment = DeepReadonly<z.infer<typeof environmentSchema>>;

export const NO_SESSIONS: RunEnvironment = { format: ENVIRONMENT_FORMAT, sessions: [] };

/** What was spent on each T over all sessions. */
export function writingCosts({ sessions }: Pick<RunEnvironment, 'sessions'>): WritingCosts {
  return sessions.reduce((sum, { writing = {} }) => addCosts(sum, writing), {});
}

/** Sums by T. */
export function addCosts(a: WritingCosts, b: WritingCosts): WritingCosts {
  const sums: Record<string, WritingCost> = { ...a };
  for (const [T, cost] of Object.entries(b)) {
    const { seconds, texts, nfe, tokens, flops } = sums[T] ?? NO_COST;
    sums[T] = {
      seconds: seconds + cost.seconds,
      texts: texts + cost.texts,
      nfe: nfe + cost.nfe,
      tokens: tokens + cost.tokens,
      ...(flops === undefined || cost.flops === undefined ? {} : { flops: flops + cost.flops }),
    };
  }
  return sums;
}

const NO_COST: WritingCost = { seconds: 0, texts: 0, nfe: 0, tokens: 0, flops: 0 };

export type SessionWork = DeepReadonly<z.infer<typeof netWork>>;

/** Of all sessions together; null where one that computed items does not say it. */
export function totalWork({ sessions }: Pick<RunEnvironment, 'sessions'>): SessionWork | null {
  const counted = sessions.flatMap(({ work }) => work ?? []);
  if (counted.length === 0 || sessions.some(({ items, work }) => items > 0 && work === undefined)) return null;
  return counted.reduce(addSessionWork);
}

export const addSessionWork = (a: SessionWork, b: SessionWork): SessionWork => ({
  items: a.items + b.items,
  tokens: a.tokens + b.tokens,
  flops: a.flops + b.flops,
});

/** What the latest session that says so opened; null where none does. */
export const lastOpenedFrom = ({ sessions }: Pick<RunEnvironment, 'sessions'>): OpenedFrom | null =>
  sessions.findLast(({ openedFrom: found }) => found !== undefined)?.openedFrom ?? null;

/** Wall time of scoring over all sessions. */
export function totalSeconds({ sessions }: RunEnvironment): Seconds {
  return sessions.reduce((total, { seconds }) => total + seconds, 0);
}
