/**
 * Content on its way into a file: written beside it under a name that nobody can foresee, synced, and moved into its place in one
 * step. A crash leaves the old file or the new one, and a draft that the next writer of the same file removes.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { sha256 } from '../core/text/digest.ts';
import { isAlive, startTicks } from './process-identity.ts';

/** `NAME.HOST-PID-STARTED-RANDOM.tmp`; STARTED as `startTicks`, 0 where the system does not say. */
const DRAFT = /^(.*)\.([0-9a-f]{8})-(\d+)-(\d+)-[0-9a-f]{16}\.tmp$/s;
const HOST = sha256(hostname()).slice(0, 8);

export interface Draft {
  /** What is written to; at the end it is `path`. */
  readonly file: FileHandle;
  /** Puts the draft in the place of the file, or of another one beside it, once it is on the disk. */
  commit(to?: string): Promise<void>;
  /** Leaves the file as it was. Of no effect after `commit`. */
  discard(): Promise<void>;
}

/**
 * Opens a draft of a file. Links are followed to what they name. What is no regular file (a terminal, a pipe, `/dev/null`) has no
 * place to be put in: it is written to as it is.
 */
export async function openDraft(path: string): Promise<Draft> {
  const target = await realpath(path).catch(() => path);
  const found = await stat(target).catch(() => null);
  if (found !== null && !found.isFile()) return written(await open(target, 'w'));
  const folder = dirname(target);
  await removeStaleDrafts(folder, basename(target));
  const draft = join(folder, draftName(basename(target)));
  // 'wx' follows no link that somebody put there.
  const file = await open(draft, 'wx', found === null ? undefined : found.mode & 0o777);
  const close = closing(file);
  return {
    file,
    async commit(to = target) {
      await file.sync();
      await close();
      await rename(draft, to);
      await syncFolder(folder);
    },
    async discard() {
      await close();
      await rm(draft, { force: true });
    },
  };
}

/**
 * The way in which this program writes files that are whole: a crash leaves the old content or the new, never a mixture, never an
 * empty file. Parts are written one after the other, so that what is large is never in memory as a whole.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const draft = await openDraft(path);
  try {
    if (typeof content === 'string' || content instanceof Uint8Array) await draft.file.writeFile(content);
    else for await (const part of content) await draft.file.appendFile(part);
    await draft.commit();
  } finally {
    await draft.discard();
  }
}

function written(file: FileHandle): Draft {
  const close = closing(file);
  return { file, commit: close, discard: close };
}

/** Closes the file the first time that it is called. */
function closing(file: FileHandle): () => Promise<void> {
  let isOpen = true;
  return async () => {
    if (isOpen) await file.close();
    isOpen = false;
  };
}

/** A name that no other process of any host takes, for what stands beside `base` for a while. */
export function draftName(base: string): string {
  return `${base}.${HOST}-${process.pid}-${startTicks(process.pid) ?? 0}-${randomBytes(8).toString('hex')}.tmp`;
}

/** Whether a name is that of a draft whose writer lives, or is on another host, where that cannot be known. */
export function isBeingWritten(name: string): boolean {
  const [, of, host, pid, started] = DRAFT.exec(name) ?? [];
  if (of === undefined) return false;
  return host !== HOST || isAlive(Number(pid), started === '0' ? null : Number(started));
}

/**
 * Removes drafts that processes of this host left which are gone.
 *
 * @param base of this file only; null = all of the folder
 */
export async function removeStaleDrafts(folder: string, base: string | null = null): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const stale = names.filter((name) => {
    const [, of] = DRAFT.exec(name) ?? [];
    return of !== undefined && (base === null || of === base) && !isBeingWritten(name);
  });
  for (const name of stale) await rm(join(folder, name), { force: true });
}

/**
 * Makes a folder and those above it, where they are not there. Not by a recursive `mkdir`, which hides the system's code on a read-only
 * file system (Node 20 to 24) and does not always end.
 *
 * @throws the error of the system
 */
export async function makeFolder(folder: string): Promise<void> {
  const path = resolve(folder);
  try {
    await makeOne(path);
  } catch (error) {
    const above = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === path) throw error;
    await makeFolder(above);
    await makeOne(path);
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if ((await stat(path).catch(() => null))?.isDirectory() !== true) throw error;
  }
}

/** Makes created and renamed names durable. Where folders cannot be synced (Windows) the system does it in its own time. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  if (handle === null) return;
  try {
    await handle.sync();
  } catch (error) {
    if (!['EPERM', 'EINVAL', 'EISDIR', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle.close();
  }
}
