/** What workers are told of a run, once. Nothing in it is secret, and nothing of it is code. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { DeepReadonly } from '../core/deep-readonly.ts';
import { manifestSchema, type RunManifest } from '../core/manifest.ts';
import { RUN_DEFAULTS, RUN_OPTIONS, type RunOptions } from '../evaluate/options.ts';
import type { RunToAnswer } from '../evaluate/run-parts.ts';
import { flagOf } from '../options/option.ts';
import { optionsOf } from '../options/read-options.ts';
import type { Machine } from '../store/environment.ts';

const PLAN_FORMAT = 'bench-queue/2';

const planSchema = z.strictObject({
  format: z.literal(PLAN_FORMAT),
  /** Version and commit of the program that collects. */
  bench: z.string(),
  gitRevision: z.string().nullable(),
  manifest: manifestSchema,
  model: z.string(),
  task: z.string(),
  /** By flag; what is left out has its preset. */
  options: z.record(z.string(), z.unknown()),
  /** A worker that does not answer for so long loses its unit to another. */
  lockSeconds: z.number().positive(),
});
export type QueuePlan = DeepReadonly<z.infer<typeof planSchema>>;

/** Where something is computed, stored and shown; all else says what is asked and how it is answered. */
const OWN: readonly (keyof RunOptions)[] = [
  ...(['models', 'tasks', 'out', 'json', 'dataDir', 'clusters', 'unsafeNoSandbox', 'explain'] as const),
  ...(['threads', 'batchTokens', 'shard', 'queue', 'queueLock'] as const),
];
const SHARED = (Object.keys(RUN_OPTIONS) as (keyof RunOptions)[]).filter((key) => !OWN.includes(key));

export function queuePlan(
  { model, task, options }: RunToAnswer,
  manifest: RunManifest,
  { bench, gitRevision }: Pick<Machine, 'bench' | 'gitRevision'>,
  lockSeconds: number,
): QueuePlan {
  const changed = SHARED.filter((key) => options[key] !== RUN_DEFAULTS[key as keyof typeof RUN_DEFAULTS]);
  return {
    format: PLAN_FORMAT,
    ...{ bench, gitRevision, manifest, model: withPlaces(model), task, lockSeconds },
    options: Object.fromEntries(changed.map((key) => [flagOf(key), placed(key, options[key])])),
  };
}

/** null on a plan of another version of bench. */
export const parsePlan = (text: string): QueuePlan | null => planSchema.safeParse(JSON.parse(text)).data ?? null;

/** What a worker decides for itself. */
export type OwnOptions = Pick<RunOptions, 'threads' | 'batchTokens' | 'dataDir' | 'unsafeNoSandbox'>;

/** The options of a worker for a run. @throws HarnessError 'bad-arguments' */
export function optionsOfPlan(
  { model, task, options }: QueuePlan,
  { threads, batchTokens, dataDir, unsafeNoSandbox }: OwnOptions,
): RunOptions {
  const where = (flag: string) => `"${flag}" of the run in the queue`;
  return {
    ...optionsOf(RUN_OPTIONS, { ...options, models: [model], tasks: [task] }, where),
    ...{ threads, batchTokens, dataDir, unsafeNoSandbox },
  };
}

/** Files and folders are looked for at the same place of every machine. */
function placed(key: string, value: unknown): unknown {
  const isPath = key === 'shotsFrom' || key === 'items' || key === 'tokenizer' || key === 'adapter';
  return isPath && typeof value === 'string' ? absolute(value) : value;
}

/** `name=path:adapter=path` with absolute paths; names of the catalog and the hub stay as they are. */
function withPlaces(model: string): string {
  const [first = '', ...settings] = model.split(/:(?=[A-Za-z-]+=)/);
  const [, name = '', path = first] = /^([^/\\=:.][^/\\=:]*=)(.+)$/.exec(first) ?? [];
  const own = settings.map((each) =>
    each.replace(/^(tokenizer|adapter)=(.*)$/, (_, key, at) => `${key}=${absolute(at)}`),
  );
  return [`${name}${absolute(path)}`, ...own].join(':');
}

const absolute = (path: string): string => (existsSync(path) ? resolve(path) : path);
