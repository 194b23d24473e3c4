/**
 * One writer a folder. The lock is a file that appears whole (hard link of a synced file) and names its holder; a holder
 * that is gone loses it. Across hosts nobody can tell, so a lock of another host is always respected.
 */
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { HarnessError } from '../core/errors.ts';
import { sha256 } from '../core/text/digest.ts';
import { draftName, removeStaleDrafts } from './draft.ts';
import { jsonOrNull } from './json-file.ts';
import { isAlive, startTicks } from './process-identity.ts';

const holderSchema = z.strictObject({ pid: z.int().positive(), host: z.string(), started: z.number().nullable() });
type Holder = z.infer<typeof holderSchema>;

/** Where nothing else is said: in the folders of runs and of trainings. */
const LOCK_FILE = 'lock';

export interface FolderLock {
  readonly path: string;
  /** The dead holder that it was taken from; null when it was free. */
  readonly takenFrom: Holder | null;
  release(): Promise<void>;
}

/** Tries before giving up: each failure means that another process took the lock, or was about to, in between. */
const TRIES = 5;
/** Milliseconds between them. */
const PAUSE = 20;

/**
 * Takes the lock of a folder.
 *
 * @param name file of the lock in the folder
 * @throws HarnessError 'store-locked' when a process that is alive, or that cannot be checked, holds it
 */
export async function acquireLock(folder: string, name = LOCK_FILE): Promise<FolderLock> {
  const path = join(folder, name);
  const mine = JSON.stringify({
    pid: process.pid,
    host: hostname(),
    started: startTicks(process.pid),
  } satisfies Holder);
  for (let tries = 0; tries < TRIES; tries++) {
    if (await create(path, mine)) return held(path, mine, null);
    const found = await readFile(path, 'utf8').catch(() => null);
    if (found === null) continue;
    const holder = parseHolder(found);
    if (!isGone(holder)) throw locked(folder, path, holder);
    if (await takeOver(path, found, mine)) return held(path, mine, holder);
    await setTimeout(PAUSE);
  }
  throw locked(folder, path, null);
}

/** Who has the lock also sweeps up what dead writers of the folder left half-written. */
async function held(path: string, mine: string, takenFrom: Holder | null): Promise<FolderLock> {
  await removeStaleDrafts(dirname(path));
  return { path, takenFrom, release: () => release(path, mine) };
}

/** False when the lock exists. */
async function create(path: string, content: string): Promise<boolean> {
  const own = await draft(path, content);
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

/** A file beside the lock that holds what the lock is to hold; its path. */
async function draft(path: string, content: string): Promise<string> {
  const own = join(dirname(path), draftName(basename(path)));
  const file = await open(own, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } catch (error) {
    await rm(own, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return own;
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
 * Puts a lock in the place of one whose holder is gone. Of all that found it, one makes the claim, a file that is named after the
 * stale lock's content; only its holder may replace that content, in one step, so that at no moment the place is free. A claim
 * whose holder is gone is taken over in the same way.
 *
 * @returns false where somebody else did, or is about to
 */
async function takeOver(path: string, stale: string, mine: string): Promise<boolean> {
  const claim = `${path}.${sha256(stale).slice(0, 12)}`;
  if (!(await create(claim, mine))) {
    const found = await readFile(claim, 'utf8').catch(() => null);
    if (found === null || !isGone(parseHolder(found)) || !(await takeOver(claim, found, mine))) return false;
  }
  try {
    if ((await readFile(path, 'utf8').catch(() => null)) !== stale) return false;
    await rename(await draft(path, mine), path);
    return true;
  } finally {
    await release(claim, mine);
  }
}

/** On this host, and not running. Of another host nobody can tell. */
const isGone = (holder: Holder | null): boolean =>
  holder !== null && holder.host === hostname() && !isAlive(holder.pid, holder.started);

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
    hint: `wait for it or stop it; if it is surely gone, delete ${path} and repeat the command`,
  });
}
