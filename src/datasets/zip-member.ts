/** One file out of a zip archive held in memory: stored or deflated entries, no encryption, no zip64. */
import { crc32, inflateRawSync } from 'node:zlib';
import { HarnessError } from '../core/errors.ts';
import type { Bytes } from '../core/units.ts';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_SIZE = 22;
const LONGEST_COMMENT = 65535;
/** Far above any published data set that is pulled; what a few bytes may grow to is bounded. */
const LARGEST_MEMBER: Bytes = 1 << 30;

/**
 * @param member path inside the archive
 * @throws HarnessError 'bad-dataset' when the bytes are no zip archive, lack the member or are damaged: a member has the size and the
 *   CRC-32 that the directory says, and at most 1 GiB
 */
export function zipMember(archive: Buffer, member: string): Buffer {
  const end = findEnd(archive);
  if (end === null) throw new HarnessError('bad-dataset', 'expected a zip archive, found other bytes');
  try {
    return found(archive, end, member);
  } catch (cause) {
    // Places outside the archive, and deflate streams that are none.
    if (cause instanceof HarnessError) throw cause;
    throw damaged(member, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

const damaged = (member: string, what: string, cause?: unknown): HarnessError =>
  new HarnessError('bad-dataset', `expected ${member} in a whole zip archive, found a damaged one (${what})`, {
    hint: 'fetch the archive again',
    cause,
  });

function found(archive: Buffer, end: number, member: string): Buffer {
  const names: string[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY) break;
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    if (name === member) return content(archive, at, member);
    names.push(name);
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  throw new HarnessError(
    'bad-dataset',
    `expected ${member} in the zip archive, found ${names.slice(0, 20).join(', ')}`,
  );
}

function findEnd(archive: Buffer): number | null {
  const first = Math.max(0, archive.length - END_SIZE - LONGEST_COMMENT);
  for (let at = archive.length - END_SIZE; at >= first; at--) {
    if (archive.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  return null;
}

function content(archive: Buffer, entry: number, member: string): Buffer {
  const bytes = unpackedEntry(archive, entry);
  const [crc, size] = [archive.readUInt32LE(entry + 16), archive.readUInt32LE(entry + 24)];
  if (bytes.length === size && crc32(bytes) === crc) return bytes;
  throw damaged(member, 'its size or checksum is another one');
}

function unpackedEntry(archive: Buffer, entry: number): Buffer {
  const method = archive.readUInt16LE(entry + 10);
  const size = archive.readUInt32LE(entry + 20);
  const local = archive.readUInt32LE(entry + 42);
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const stored = archive.subarray(start, start + size);
  if (method === 0) return Buffer.from(stored);
  if (method === 8) return inflateRawSync(stored, { maxOutputLength: LARGEST_MEMBER });
  throw new HarnessError('bad-dataset', `expected a stored or deflated zip entry, found method ${method}`);
}
