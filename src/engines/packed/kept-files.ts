/** The files of weights in fewer bits that are kept, and their end. */
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { packedFolder } from './packed-file.ts';

const ENDING = '.packed';

export interface KeptFile {
  readonly file: string;
  readonly bytes: number;
  /** null where the file does not say. */
  readonly dtype: string | null;
  /** Digest of the weights that it was made of; null likewise. */
  readonly digest: string | null;
}

export async function removeKept(folder = packedFolder()): Promise<readonly KeptFile[]> {
  const names = await readdir(folder).catch(() => []);
  const kept: KeptFile[] = [];
  for (const name of names.filter((each) => each.includes(ENDING)).sort()) {
    const file = join(folder, name);
    kept.push({ file, bytes: (await stat(file)).size, ...(await headOf(file)) });
    await rm(file);
  }
  return kept;
}

const headSchema = z.object({ dtype: z.string(), digest: z.string() });
const LONGEST_BEGINNING = 4096;
const UNKNOWN = { dtype: null, digest: null };

/** What stands at the beginning of a file, before the list of its weights. */
async function headOf(file: string): Promise<Pick<KeptFile, 'dtype' | 'digest'>> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LONGEST_BEGINNING), 0, LONGEST_BEGINNING, 0);
    const [beginning] = buffer.toString('utf8', 0, bytesRead).split(',"uses":');
    return headSchema.parse(JSON.parse(`${beginning}}`));
  } catch {
    return UNKNOWN;
  } finally {
    await handle.close();
  }
}
