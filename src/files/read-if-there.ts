import { readFile } from 'node:fs/promises';

/** The content of a file; null where there is none. Any other failure is thrown as it is. */
export async function readIfThere(path: string): Promise<Buffer | null> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}
