/**
 * `records.jsonl`: one record a line, `{"crc":"xxxxxxxx","record":{…}}`, where crc is the CRC-32 (zlib's) of the bytes of the
 * record's canonical JSON. A line is valid JSON, so any JSONL reader can use the file; CRC-32 finds every single flipped bit and
 * every burst of up to 32.
 */
import { crc32 } from 'node:zlib';
import { type ItemRecord, recordSchema } from '../../core/record.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import type { Bytes } from '../../core/units.ts';
import { firstIssue, jsonOrNull } from '../../files/json-file.ts';
import { linesOf } from '../../files/read-line.ts';
import { isBounded } from '../../metrics/metric-spec.ts';
import { isWholeRecord } from './is-whole-record.ts';

const HEAD = /^\{"crc":"([0-9a-f]{8})","record":$/;
const HEAD_LENGTH = '{"crc":"00000000","record":'.length;

export type ParsedLine =
  | { readonly kind: 'record'; readonly record: ItemRecord }
  | { readonly kind: 'damaged'; readonly problem: string };

/**
 * The line of a record, with its line end.
 *
 * @throws RangeError when the record holds a number that JSON cannot carry
 */
export function recordLine(record: ItemRecord): string {
  const json = canonicalJson(record);
  return `{"crc":"${checksum(Buffer.from(json))}","record":${json}}\n`;
}

/** Reads one line, given without its line end. */
export function parseRecordLine(line: Buffer): ParsedLine {
  const crc = HEAD.exec(line.toString('latin1', 0, HEAD_LENGTH))?.[1];
  if (crc === undefined || line.at(-1) !== 0x7d) return { kind: 'damaged', problem: 'it is not a record line' };
  const json = line.subarray(HEAD_LENGTH, -1);
  const found = checksum(json);
  if (found !== crc) return { kind: 'damaged', problem: `its checksum is ${found} but the line says ${crc}` };
  const parsed = jsonOrNull(json.toString('utf8'));
  if (isWholeRecord(parsed)) return withinBounds(parsed);
  const record = recordSchema.safeParse(parsed);
  if (!record.success) return { kind: 'damaged', problem: `it is not a record (${firstIssue(record.error)})` };
  return withinBounds(record.data);
}

/** Shares are from 0 to 1: their intervals have no meaning for anything else. */
function withinBounds(record: ItemRecord): ParsedLine {
  const values = record.score.kind === 'scored' ? record.score.values : {};
  for (const name in values) {
    const value = values[name] as number;
    if ((value < 0 || value > 1) && isBounded(name)) {
      return { kind: 'damaged', problem: `it is not a record (${name} is ${value}, expected 0 to 1)` };
    }
  }
  return { kind: 'record', record };
}

function checksum(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}

/** An item that belongs to a run: stable id and position in the data set. */
export type PlannedItem = Pick<ItemRecord, 'id' | 'index'>;

/** Records up to the first bad line; what follows is not looked at, for a damaged file can be trusted no further. */
export interface RecordScan {
  readonly records: readonly ItemRecord[];
  /** Where the line of each begins. */
  readonly starts: readonly Bytes[];
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
  const known = planned === null ? null : new Map(planned.map(({ id, index }) => [id, index]));
  const seen = new Set<string>();
  const records: ItemRecord[] = [];
  const starts: Bytes[] = [];
  let goodBytes: Bytes = 0;
  const bad: string[] = [];
  for await (const { start, line, isWhole } of linesOf(path)) {
    const result = bad.length > 0 ? AFTER_DAMAGE : isWhole ? parseRecordLine(line) : HALF_WRITTEN;
    const problem = result.kind === 'damaged' ? result.problem : misplaced(result.record, known, seen);
    if (result.kind === 'damaged' || problem !== null) {
      bad.push(problem ?? '');
      continue;
    }
    seen.add(result.record.id);
    records.push(keep(result.record));
    starts.push(start);
    goodBytes = start + line.length + 1;
  }
  const [problem] = bad;
  const damage = problem === undefined ? null : { line: records.length + 1, problem, lines: bad.length };
  return { records, starts, goodBytes, damage };
}

const AFTER_DAMAGE = { kind: 'damaged', problem: 'it comes after a damaged one' } as const;
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

/** The same lines, as they are, by item index. @throws RangeError where one is damaged */
export function sortedLines(bytes: Buffer): Buffer {
  const lines: { readonly index: number; readonly line: Buffer }[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start);
    const parsed = parseRecordLine(bytes.subarray(start, end));
    if (parsed.kind === 'damaged') throw new RangeError(`sortedLines: line ${lines.length + 1}: ${parsed.problem}`);
    lines.push({ index: parsed.record.index, line: bytes.subarray(start, end + 1) });
    start = end + 1;
  }
  return Buffer.concat(lines.sort((a, b) => a.index - b.index).map(({ line }) => line));
}
