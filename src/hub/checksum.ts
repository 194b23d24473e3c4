/** The two checksums of the hub. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Bytes } from '../core/units.ts';
import { COMMIT, SHA256 } from './cache.ts';
import type { Checksum, HubFile } from './listing.ts';

/**
 * A hash that has read nothing of a content yet.
 *
 * @param size  of the whole content: Git's hash begins with it
 */
export function startChecksum(algorithm: Checksum['algorithm'], size: Bytes): Hash {
  return algorithm === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
}

/** Reads the first bytes of a file into a hash. */
export async function hashFile(hash: Hash, file: string, length: Bytes): Promise<void> {
  if (length === 0) return;
  for await (const part of createReadStream(file, { end: length - 1 })) hash.update(part as Buffer);
}

/** Whether a file is there and holds what the hub lists. */
export async function isIntact(path: string, { size, checksum }: Pick<HubFile, 'size' | 'checksum'>): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found?.size !== size || !found.isFile()) return false;
  return (await checksumOf(path, size, checksum.algorithm)) === checksum.hex;
}

/** Of a whole file, in hexadecimal. @param size of the file */
export async function checksumOf(path: string, size: Bytes, algorithm: Checksum['algorithm']): Promise<string> {
  const hash = startChecksum(algorithm, size);
  await hashFile(hash, path, size);
  return hash.digest('hex');
}

export interface VerifiedFile {
  readonly path: string;
  /** `wrong`: other content than the hub's; `lost`: the link leads nowhere; `unnamed`: a copy, of which nothing says the checksum. */
  readonly state: 'ok' | 'wrong' | 'lost' | 'unnamed';
}

/** Every file of a snapshot, in the order of their names. */
export async function verifySnapshot(folder: string): Promise<readonly VerifiedFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  const verified: VerifiedFile[] = [];
  for (const path of paths.sort()) verified.push({ path, state: await stateOf(path) });
  return verified;
}

async function stateOf(path: string): Promise<VerifiedFile['state']> {
  const blob = await realpath(path).catch(() => null);
  if (blob === null) return 'lost';
  const name = basename(blob);
  const algorithm = COMMIT.test(name) ? 'git-sha1' : SHA256.test(name) ? 'sha256' : null;
  if (algorithm === null) return 'unnamed';
  const { size } = await stat(blob);
  return (await checksumOf(blob, size, algorithm)) === name ? 'ok' : 'wrong';
}
