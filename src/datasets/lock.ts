/** `tasks/data.lock.json`: every data file by name, SHA-256, size and origin. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../core/errors.ts';
import { packageRoot } from '../files/package-root.ts';

const fileSchema = z.strictObject({
  /** Path below a data folder. The file may also lie there gzip-compressed, as `name.gz`. */
  name: z.string().regex(/^[\w.-]+(\/[\w.-]+)+$/),
  /** Of the uncompressed content, as `bytes` is. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().positive(),
  /** Rows that the file holds. */
  rows: z.int().positive(),
  /** Where `bench data pull` fetches it; null: `origin` says where a person gets it. */
  url: z.url().nullable(),
  /** The file's path inside the zip archive that `url` names. */
  member: z.string().optional(),
  /** The same file in a data set repository of the Hugging Face hub. */
  hub: z.strictObject({ repo: z.string(), path: z.string(), revision: z.string() }).optional(),
});

const VERIFIABLE = ['sha256', 'bytes', 'rows', 'labels'] as const;

const sourceSchema = z
  .strictObject({
    /** None for rows that are made, not fetched. */
    files: z.array(fileSchema),
    /** SHA-256 over the canonical JSON of rows that are made. */
    made: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
    rows: z.int().positive(),
    /** Index of the right answer -> number of rows; null for tasks without choices. */
    labels: z.record(z.string().regex(/^\d+$/), z.int().positive()).nullable(),
    licence: z.string(),
    /** Where the data come from, and how these files differ from the first release. */
    origin: z.string(),
    /** Facts of this entry that were checked against the files themselves; the others are as published elsewhere. */
    verified: z.array(z.enum(VERIFIABLE)),
  })
  .refine(({ files, made }) => files.length > 0 !== (made !== undefined), {
    message: 'expected files, or the digest of made rows',
  });

const lockSchema = z.strictObject({
  format: z.literal('bench-data-lock/1'),
  sources: z.record(z.string().regex(/^[\w-]+\/[\w-]+$/), sourceSchema),
});

export type LockedFile = z.infer<typeof fileSchema>;
export type LockedSource = z.infer<typeof sourceSchema>;
export type DataLock = z.infer<typeof lockSchema>;

let known: DataLock | undefined;

/** The lock that comes with the package; read once a process. */
export function dataLock(): DataLock {
  known ??= parseLock(readFileSync(join(packageRoot(), 'tasks', 'data.lock.json'), 'utf8'));
  return known;
}

/**
 * Adds the data of a plugin, under a name that no other has.
 *
 * @throws HarnessError 'bad-dataset' when it is no entry of a lock
 */
export function registerSource(name: string, added: unknown): void {
  const { sources } = parseLock(JSON.stringify({ format: 'bench-data-lock/1', sources: { [name]: added } }), name);
  known = { ...dataLock(), sources: { ...dataLock().sources, ...sources } };
}

/** @throws HarnessError 'bad-dataset' when the text is not a lock */
export function parseLock(text: string, where = 'tasks/data.lock.json'): DataLock {
  const parsed = lockSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new HarnessError('bad-dataset', `${where}: ${z.prettifyError(parsed.error)}`);
}

/** @throws HarnessError 'unknown-name' */
export function lockedSource(name: string, lock: DataLock = dataLock()): LockedSource {
  const found = lock.sources[name];
  if (found !== undefined) return found;
  throw new HarnessError('unknown-name', `unknown data source "${name}"`, {
    hint: `known: ${Object.keys(lock.sources).join(', ')}`,
  });
}

/** Names of the sources of a task (`piqa` -> `piqa/jsonl`), or the one source so named; in order of preference. */
export function sourceNames(taskOrSource: string, lock: DataLock = dataLock()): readonly string[] {
  const names = Object.keys(lock.sources);
  const found = names.filter((name) => name === taskOrSource || name.startsWith(`${taskOrSource}/`));
  if (found.length > 0) return found;
  throw new HarnessError('unknown-name', `unknown data set "${taskOrSource}"`, {
    hint: `known: ${[...new Set(names.map((name) => name.split('/')[0]))].join(', ')}`,
  });
}
