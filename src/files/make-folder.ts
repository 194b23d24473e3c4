import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it, where they are not there.
 *
 * @throws the error of the system, with its true code: a recursive `mkdir` says ENOENT on a read-only file system (Node 20 to 24)
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(await topmostMissing(resolve(folder)));
    throw error;
  }
}

async function topmostMissing(folder: string): Promise<string> {
  const above = dirname(folder);
  return above === folder || (await stat(above).catch(() => null)) !== null ? folder : topmostMissing(above);
}
