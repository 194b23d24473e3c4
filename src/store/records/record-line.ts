/**
 * One record as one line: `{"crc":"xxxxxxxx","record":{…}}`, where crc is the CRC-32 (zlib's) of the bytes of the record's
 * canonical JSON. A line is valid JSON, so any JSONL reader can use the file; CRC-32 finds every single flipped bit and
 * every burst of up to 32.
 */
import { crc32 } from 'node:zlib';
import { canonicalJson } from '../../core/canonical-json.ts';
import type { ItemRecord } from '../../core/record.ts';
import { jsonOrNull } from '../../files/json-file.ts';
import { firstIssue } from './first-issue.ts';
import { isWholeRecord } from './is-whole-record.ts';
import { recordSchema } from './record-schema.ts';

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
  if (isWholeRecord(parsed)) return { kind: 'record', record: parsed };
  const record = recordSchema.safeParse(parsed);
  if (!record.success) return { kind: 'damaged', problem: `it is not a record (${firstIssue(record.error)})` };
  return { kind: 'record', record: record.data };
}

function checksum(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}
