/**
 * `traces.jsonl.gz`: one gzip member an item, each a line of JSON, so that `zcat` prints JSON lines, members can be appended
 * and sorted as they are, and each brings its own length and checksum.
 *
 * @source RFC 1952 (gzip: members may follow each other; header of ten bytes where no flag is set, CRC-32 and length behind)
 */

import { join } from 'node:path';
import { crc32, gzipSync, inflateRawSync } from 'node:zlib';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import type { ItemTrace } from '../../core/trace.ts';
import type { Bytes } from '../../core/units.ts';
import { firstIssue, jsonOrNull } from '../../files/json-file.ts';
import { readIfThere } from '../../files/read-line.ts';
import { RUN_FILES } from '../run-folder.ts';
import { type PackedTrace, packedTraceSchema, packTrace, unpackTrace } from './pack-trace.ts';

const HEADER = 10;
const TRAILER = 8;
/** Of one item; what a few bytes may grow to is bounded. */
const LARGEST_TRACE: Bytes = 1 << 28;

export interface StoredMember {
  readonly packed: PackedTrace;
  /** The member as it is in the file. */
  readonly bytes: Buffer;
}

export interface TraceScan {
  readonly members: readonly StoredMember[];
  /** Bytes of the good members. */
  readonly goodBytes: number;
  /** What is wrong with the first bad member; null where all are good. */
  readonly problem: string | null;
}

export function traceMember(trace: ItemTrace): Buffer {
  return gzipSync(`${canonicalJson(packTrace(trace))}\n`, { level: 9 });
}

/** Reads up to the first bad member. A file that does not exist has none. */
export async function scanTraces(folder: string): Promise<TraceScan> {
  const file = (await readIfThere(join(folder, RUN_FILES.traces))) ?? Buffer.alloc(0);
  const members: StoredMember[] = [];
  const seen = new Set<string>();
  let start = 0;
  while (start < file.length) {
    const found = readMember(file.subarray(start));
    const problem = typeof found === 'string' ? found : seen.has(found.packed.id) ? 'it repeats an item' : null;
    if (typeof found === 'string' || problem !== null) {
      return { members, goodBytes: start, problem: `member ${members.length + 1}: ${problem}` };
    }
    seen.add(found.packed.id);
    members.push(found);
    start += found.bytes.length;
  }
  return { members, goodBytes: start, problem: null };
}

/** The first member, or what is wrong with it. */
function readMember(file: Buffer): StoredMember | string {
  if (file.length < HEADER || file.readUInt16BE(0) !== 0x1f8b || file[3] !== 0) return 'it is not a gzip member';
  const inflated = inflate(file.subarray(HEADER));
  if (inflated === null) return 'it is cut off or damaged';
  const { content, length } = inflated;
  const end = HEADER + length + TRAILER;
  if (file.length < end) return 'it is cut off';
  if (file.readUInt32LE(end - TRAILER) !== crc32(content)) return 'its checksum does not hold';
  const parsed = packedTraceSchema.safeParse(jsonOrNull(content.toString('utf8')));
  if (!parsed.success) return `it is no trace (${firstIssue(parsed.error)})`;
  const problem = misfit(parsed.data);
  if (problem !== null) return `its steps do not fit (${problem})`;
  return { packed: parsed.data, bytes: file.subarray(0, end) };
}

/** What is wrong with steps and positions that do not go together; null where they do. */
function misfit(packed: PackedTrace): string | null {
  try {
    unpackTrace(packed);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** The content of a deflate stream and the stream's length, whatever follows it; null where it is broken. */
function inflate(stream: Buffer): { readonly content: Buffer; readonly length: number } | null {
  try {
    // With `info` Node also gives the engine, which knows how much it has read; its types do not say so.
    const result: unknown = inflateRawSync(stream, { info: true, maxOutputLength: LARGEST_TRACE });
    const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } };
    return { content: buffer, length: engine.bytesWritten };
  } catch {
    return null;
  }
}

/**
 * The traces of a run, for viewers: by item id, in the order of the file; none for a run without any. `problem`: what is wrong with the first
 * bad member, from which on traces are left out; null where all are good.
 */
export async function readTraces(folder: string) {
  const { members, problem } = await scanTraces(folder);
  const byId: ReadonlyMap<string, ItemTrace> = new Map(members.map(({ packed }) => [packed.id, unpackTrace(packed)]));
  const where = join(folder, RUN_FILES.traces);
  return { byId, problem: problem === null ? null : `${where}, ${problem}; what follows is left out` };
}

/** Ids of the items of a run that have no trace. */
export async function untracedItems(folder: string, items: readonly { readonly id: string }[]): Promise<string[]> {
  const { members } = await scanTraces(folder);
  const traced = new Set(members.map(({ packed }) => packed.id));
  return items.map(({ id }) => id).filter((id) => !traced.has(id));
}
