/**
 * One writer a run. The lock is a file that appears whole (hard link of a synced file) and names its holder; a holder
 * that is gone loses it. Across hosts nobody can tell, so a lock of another host is always respected.
 */
import { link, open, readFile, rename, rm, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../core/errors.ts';
import { jsonOrNull } from '../files/json-file.ts';
import { isAlive, startTicks } from './process-identity.ts';
import { RUN_FILES } from './run-folder.ts';

const holderSchema = z.strictObject({ pid: z.int().positive(), host: z.string(), started: z.number().nullable() });
type Holder = z.infer<typeof holderSchema>;

export interface RunLock {
  readonly path: string;
  /** The dead holder that it was taken from; null when it was free. */
  readonly takenFrom: Holder | null;
  release(): Promise<void>;
}

/** Tries before giving up: each failure means that another process took the lock in between. */
const TRIES = 5;

/**
 * Takes the lock of a run folder.
 *
 * @throws HarnessError 'store-locked' when a process that is alive, or that cannot be checked, holds it
 */
export async function acquireLock(folder: string): Promise<RunLock> {
  const path = join(folder, RUN_FILES.lock);
  const mine = JSON.stringify({
    pid: process.pid,
    host: hostname(),
    started: startTicks(process.pid),
  } satisfies Holder);
  let takenFrom: Holder | null = null;
  for (let tries = 0; tries < TRIES; tries++) {
    if (await create(path, mine)) return { path, takenFrom, release: () => release(path, mine) };
    const found = await readFile(path, 'utf8').catch(() => null);
    if (found === null) continue;
    const holder = parseHolder(found);
    if (holder === null || holder.host !== hostname() || isAlive(holder.pid, holder.started)) {
      throw locked(folder, path, holder);
    }
    if (await removeStale(path, found)) takenFrom = holder;
  }
  throw locked(folder, path, null);
}

/** False when the lock exists. */
async function create(path: string, content: string): Promise<boolean> {
  const own = `${path}.${process.pid}.tmp`;
  const file = await open(own, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    return await createInPlace(path, content);
  } finally {
    await rm(own, { force: true });
  }
}

/** For file systems without hard links. */
async function createInPlace(path: string, content: string): Promise<boolean> {
  const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return null;
    throw error;
  });
  if (file === null) return false;
  await file.writeFile(content);
  await file.close();
  return true;
}

/**
 * Two processes may find the same stale lock. Each moves what is there now aside and looks again: who moved a lock that
 * is not the stale one puts it back.
 */
async function removeStale(path: string, stale: string): Promise<boolean> {
  const aside = `${path}.${process.pid}.stale.tmp`;
  try {
    await rename(path, aside);
  } catch {
    return false;
  }
  const isStale = (await readFile(aside, 'utf8')) === stale;
  if (!isStale) await link(aside, path).catch(() => {});
  await unlink(aside);
  return isStale;
}

async function release(path: string, mine: string): Promise<void> {
  const found = await readFile(path, 'utf8').catch(() => null);
  if (found === mine) await rm(path, { force: true });
}

function parseHolder(text: string): Holder | null {
  return holderSchema.safeParse(jsonOrNull(text)).data ?? null;
}

function locked(folder: string, path: string, holder: Holder | null): HarnessError {
  const who = holder === null ? 'a process that cannot be named' : `process ${holder.pid} on ${holder.host}`;
  return new HarnessError('store-locked', `${folder} is being written by ${who}`, {
    hint: `wait for it or stop it; if it is surely gone, delete ${path} and run again`,
  });
}
