/** The files of weights in fewer bits that are kept, and their end. */
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../../core/errors.ts';
import { isBeingWritten } from '../../files/draft.ts';
import { isSystemError, systemWords } from '../../files/system-error.ts';
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

export interface Removal {
  readonly removed: readonly KeptFile[];
  /** Files that a process is writing. */
  readonly left: readonly string[];
}

/** @throws HarnessError 'system' where the folder is none, or cannot be read */
export async function removeKept(folder = packedFolder()): Promise<Removal> {
  const names = (await namesIn(folder)).filter((name) => name.includes(ENDING)).sort();
  const removed: KeptFile[] = [];
  const left: string[] = [];
  for (const name of names) {
    const file = join(folder, name);
    if (isBeingWritten(name)) {
      left.push(file);
      continue;
    }
    removed.push({ file, bytes: (await stat(file)).size, ...(await headOf(file)) });
    await rm(file);
  }
  return { removed, left };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (!isSystemError(cause) || cause.code === 'ENOENT') return [];
    throw new HarnessError('system', `${folder}: expected a folder of weights, found ${systemWords(cause).found}`, {
      hint: 'name another folder in BENCH_CACHE_DIR',
      cause,
    });
  }
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
