/** What is kept in the cache folder to save time: whoever finds nothing there computes it again. */
import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ZodType, z } from 'zod';
import { digestOf } from '../core/text/digest.ts';
import { makeFolder, replaceFile } from './draft.ts';
import { readExactly, withFile } from './file-bytes.ts';
import { cacheFolder } from './package-root.ts';

/** null where nothing is kept, or what is damaged or of another version. */
export async function readKept<T>(file: string, schema: ZodType<T>): Promise<T | null> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

/** A folder that is not ours or a full disk keeps nothing. */
export async function keepJson(file: string, content: unknown): Promise<void> {
  try {
    await makeFolder(dirname(file));
    await replaceFile(file, `${JSON.stringify(content, null, 2)}\n`);
  } catch {
    // Computed again the next time.
  }
}

const FORMAT = 'bench-digest/1';
/** Smaller files are hashed faster than looked up. */
const WORTH_KEEPING = 16 << 20;
const SAMPLES = 64;
const SAMPLE = 4096;

const keptSchema = z.strictObject({ format: z.literal(FORMAT), state: z.string(), digest: z.string() });

/**
 * A digest of large files, so that gigabytes are not hashed with every command. It is taken for granted where path, size and times of
 * each file are as they were and a sample of its bytes is too; else it is computed again.
 *
 * @param files   what is read
 * @param of      what is computed of them, in JSON: another thing has another digest
 * @param compute reads the files; not called where its result is kept
 */
export async function keptDigest(
  files: readonly string[],
  of: unknown,
  compute: () => Promise<string>,
  folder = join(cacheFolder(process.env), 'digests'),
): Promise<string> {
  const before = await stateOf(files);
  if (before === null || before.bytes < WORTH_KEEPING) return compute();
  const kept = join(folder, `${digestOf({ files: before.paths, of })}.json`);
  const found = await readKept(kept, keptSchema);
  if (found?.state === before.state) return found.digest;
  const digest = await compute();
  // A file that was written to while it was read has a digest of nothing.
  const after = await stateOf(files);
  if (after?.state === before.state) await keepJson(kept, { format: FORMAT, state: before.state, digest });
  return digest;
}

interface FilesState {
  readonly paths: readonly string[];
  readonly bytes: number;
  /** Digest of paths, sizes, times and samples. */
  readonly state: string;
}

/** null where a file cannot be read: whoever reads it in full says so. */
async function stateOf(files: readonly string[]): Promise<FilesState | null> {
  try {
    const found = await Promise.all([...new Set(files)].sort().map(fileState));
    const bytes = found.reduce((total, { size }) => total + size, 0);
    return { paths: found.map(({ path }) => path), bytes, state: digestOf(found) };
  } catch {
    return null;
  }
}

async function fileState(file: string) {
  const path = await realpath(file);
  const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  const times = [mtimeNs, ctimeNs].map(String);
  return { path, ino: String(ino), size: Number(size), times, sample: await sampleOf(path, Number(size)) };
}

/** SHA-256 of pieces that lie evenly from the first byte to the last. */
async function sampleOf(path: string, size: number): Promise<string> {
  const hash = createHash('sha256');
  const piece = new Uint8Array(Math.min(SAMPLE, size));
  await withFile(path, async (handle) => {
    for (let i = 0; i < SAMPLES; i++) {
      await readExactly(handle, path, piece, Math.floor(((size - piece.byteLength) * i) / (SAMPLES - 1)));
      hash.update(piece);
    }
  });
  return hash.digest('hex');
}
