/** Reading files by position. Every failure is one `HarnessError` that names the file; by default as a file of a checkpoint. */
import type { Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { badCheckpoint, type HarnessError, type Refuse } from '../core/errors.ts';
import type { Bytes } from '../core/units.ts';
import { isAbsence, isSystemError, systemWords } from './system-error.ts';

/** Node reads at most 2^31 − 1 bytes at once; a smaller step costs nothing. */
const LONGEST_READ: Bytes = 1 << 30;

/**
 * Opens a regular file, hands it to `use`, closes it.
 *
 * @throws what `refuse` makes when the file is absent, unreadable, or not a regular file (a pipe would block)
 */
export async function withFile<T>(
  file: string,
  use: (handle: FileHandle, size: Bytes) => Promise<T>,
  refuse: Refuse = badCheckpoint,
): Promise<T> {
  let handle: FileHandle | undefined;
  try {
    if (!(await stat(file)).isFile()) throw refuse(file, 'expected a regular file');
    handle = await open(file, 'r');
    return await use(handle, (await handle.stat()).size);
  } catch (error) {
    throw isSystemError(error) ? refused(file, error, refuse) : error;
  } finally {
    await handle?.close();
  }
}

/** What the system refuses, as whoever reads the file says it. */
function refused(file: string, error: NodeJS.ErrnoException, refuse: Refuse): HarnessError {
  const { found, hint } = systemWords(error);
  return refuse(file, `cannot be read (${error.code}: ${found})`, { hint, cause: error });
}

/**
 * Fills `into` from byte `position` of the file.
 *
 * @throws HarnessError 'bad-checkpoint' when the file ends first
 */
export async function readExactly(handle: FileHandle, file: string, into: Uint8Array, position: Bytes): Promise<void> {
  let done = 0;
  while (done < into.byteLength) {
    const want = Math.min(into.byteLength - done, LONGEST_READ);
    const { bytesRead } = await handle.read(into, done, want, position + done);
    if (bytesRead === 0) {
      throw badCheckpoint(file, `truncated: ends at byte ${position + done}, expected ${position + into.byteLength}`);
    }
    done += bytesRead;
  }
}

/** The first bytes of a file, by which its kind is told: 64, or all where there are fewer. */
export async function beginningOf(handle: FileHandle, file: string, size: Bytes): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.min(size, 64));
  await readExactly(handle, file, bytes, 0);
  return bytes;
}

/**
 * What stands at `path` (links followed); null where nothing does.
 *
 * @throws what `refuse` makes where the system lets nobody see, for want of permission for instance
 */
export async function statsOf(path: string, refuse: Refuse = badCheckpoint): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (isAbsence(error)) return null;
    throw isSystemError(error) ? refused(path, error, refuse) : error;
  }
}

/** Whether `path` is an existing regular file (links followed). @throws as `statsOf` */
export const isFile = async (path: string): Promise<boolean> => (await statsOf(path))?.isFile() === true;

/** Whether `path` is an existing folder (links followed). @throws as `statsOf` */
export const isFolder = async (path: string): Promise<boolean> => (await statsOf(path))?.isDirectory() === true;

const FIRST_LINE = 'version https://git-lfs.github.com/spec/';

export function isLfsPointer(content: Uint8Array | string): boolean {
  const start = content.slice(0, FIRST_LINE.length);
  return (typeof start === 'string' ? start : Buffer.from(start).toString('latin1')) === FIRST_LINE;
}

/** The error for such a file in the place of another. */
export function lfsPointer(file: string, refuse: Refuse): HarnessError {
  return refuse(file, 'a Git LFS pointer lies in its place', {
    hint: 'fetch the files: `git lfs pull` in the folder of the repository',
  });
}
