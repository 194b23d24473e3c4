import { readFile } from 'node:fs/promises';
import { unreadableFile } from './system-error.ts';

/**
 * The content of a file; null where there is none.
 *
 * @throws HarnessError 'store-corrupt' where it cannot be read, 'system' where nothing can
 */
export async function readIfThere(path: string): Promise<Buffer | null> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw unreadableFile(path, error);
  });
}
