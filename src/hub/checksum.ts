/** The two checksums of the hub. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Bytes } from '../core/units.ts';
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
