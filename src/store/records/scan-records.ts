import { readFile } from 'node:fs/promises';
import type { ItemRecord } from '../../core/record.ts';
import { parseRecordLine } from './record-line.ts';

/** An item that belongs to a run: stable id and position in the data set. */
export interface PlannedItem {
  readonly id: string;
  readonly index: number;
}

/** Records up to the first bad line; what follows is not looked at, for a damaged file can be trusted no further. */
export interface RecordScan {
  readonly records: readonly ItemRecord[];
  /** Bytes of the good lines. */
  readonly goodBytes: number;
  readonly damage: Damage | null;
}

export interface Damage {
  /** Number of the first bad line, from 1. */
  readonly line: number;
  readonly problem: string;
  /** Lines from there to the end, a half-written one included. */
  readonly lines: number;
}

/**
 * Reads a records file and stops at the first line that is cut off, fails its checksum, is no record, repeats an item
 * or (given a plan) belongs to none of its items. A file that does not exist has no records.
 *
 * @param planned the items that the run may hold; null accepts any
 * @param keep    what to keep of each record, for readers that need a part only
 */
export async function scanRecords(
  path: string,
  planned: readonly PlannedItem[] | null,
  keep: (record: ItemRecord) => ItemRecord = (record) => record,
): Promise<RecordScan> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const known = planned === null ? null : new Map(planned.map(({ id, index }) => [id, index]));
  const seen = new Set<string>();
  const records: ItemRecord[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(0x0a, start);
    const result = end < 0 ? HALF_WRITTEN : parseRecordLine(bytes.subarray(start, end));
    const problem = result.kind === 'damaged' ? result.problem : misplaced(result.record, known, seen);
    if (result.kind === 'damaged' || problem !== null) {
      const damage = { line: records.length + 1, problem: problem ?? '', lines: countLines(bytes, start) };
      return { records, goodBytes: start, damage };
    }
    seen.add(result.record.id);
    records.push(keep(result.record));
    start = end + 1;
  }
  return { records, goodBytes: start, damage: null };
}

const HALF_WRITTEN = { kind: 'damaged', problem: 'it ends before its line does (half-written)' } as const;

function misplaced(
  record: ItemRecord,
  known: ReadonlyMap<string, number> | null,
  seen: ReadonlySet<string>,
): string | null {
  if (seen.has(record.id)) return `it repeats item ${record.id}`;
  if (known === null) return null;
  const index = known.get(record.id);
  if (index === undefined) return `item ${record.id} is not part of this run`;
  if (index !== record.index) return `item ${record.id} has index ${record.index}, expected ${index}`;
  return null;
}

function countLines(bytes: Buffer, start: number): number {
  let lines = 0;
  for (let at = start; at < bytes.length; lines++) {
    const end = bytes.indexOf(0x0a, at);
    at = end < 0 ? bytes.length : end + 1;
  }
  return lines;
}
