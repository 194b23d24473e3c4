/**
 * Weights in safetensors: one `model.safetensors`, or shards listed by `model.safetensors.index.json`. A header is read and
 * checked without touching the values: 8 bytes little-endian length, that many bytes of JSON (name -> dtype, shape, begin
 * and end), then the values, which the tensors must tile exactly.
 *
 * @source huggingface/safetensors, README "Format" and safetensors/src/tensor.rs (validation rules, 100 MB header limit)
 */
import { z } from 'zod';
import { badCheckpoint, quoted, shapeText } from '../../core/errors.ts';
import type { Bytes } from '../../core/units.ts';
import { firstDuplicateKey } from '../../files/duplicate-key.ts';
import { beginningOf, isLfsPointer, lfsPointer, readExactly, withFile } from '../../files/file-bytes.ts';
import { parseJson } from '../../files/json-file.ts';
import type { HubFormat, PublishedTensor } from './format.ts';

export const safetensors: HubFormat = {
  name: 'safetensors',
  suffix: '.safetensors',
  single: 'model.safetensors',
  called: 'safetensors file',
  async readFile(file) {
    const { tensors, metadata } = await readSafetensorsHeader(file);
    return { source: file, tensors, aliases: new Map(Object.entries(metadata)) };
  },
};

export interface SafetensorsHeader {
  readonly tensors: readonly PublishedTensor[];
  /** `__metadata__`: free text, and names dropped on saving because they share storage with a kept one. */
  readonly metadata: Readonly<Record<string, string>>;
}

const LARGEST_HEADER: Bytes = 100_000_000;
const MOST_TENSORS = 100_000;

/** Bits of one value. */
const BITS: ReadonlyMap<string, number> = new Map([
  ...['F4'].map((name) => [name, 4] as const),
  ...['F6_E2M3', 'F6_E3M2'].map((name) => [name, 6] as const),
  ...['BOOL', 'U8', 'I8', 'F8_E5M2', 'F8_E4M3', 'F8_E8M0'].map((name) => [name, 8] as const),
  ...['U16', 'I16', 'F16', 'BF16'].map((name) => [name, 16] as const),
  ...['U32', 'I32', 'F32'].map((name) => [name, 32] as const),
  ...['U64', 'I64', 'F64', 'C64'].map((name) => [name, 64] as const),
]);

const whole = z.int().nonnegative();
const entrySchema = z.object({ dtype: z.string(), shape: z.array(whole), data_offsets: z.tuple([whole, whole]) });
const metadataSchema = z.record(z.string(), z.string());

/**
 * Reads and checks the header.
 *
 * @param file absolute path
 * @throws HarnessError 'bad-checkpoint' naming the file and, where there is one, the tensor: truncated or overlong file,
 *   absurd header length, header that is not a JSON object, repeated names, over 100,000 tensors, malformed entries,
 *   ranges that overlap, leave holes, leave the file or disagree with dtype and shape
 */
export async function readSafetensorsHeader(file: string): Promise<SafetensorsHeader> {
  return withFile(file, async (handle, size) => {
    if (size < 8) throw badCheckpoint(file, `truncated: ${size} bytes, a safetensors file has at least 8`);
    const prefix = new Uint8Array(8);
    await readExactly(handle, file, prefix, 0);
    const length = new DataView(prefix.buffer).getBigUint64(0, true);
    if (isLfsPointer(await beginningOf(handle, file, size))) throw lfsPointer(file, badCheckpoint);
    if (length > BigInt(LARGEST_HEADER)) {
      throw badCheckpoint(file, `header length ${length} exceeds ${LARGEST_HEADER} bytes; not a safetensors file?`);
    }
    if (length > BigInt(size - 8)) {
      throw badCheckpoint(file, `truncated: header of ${length} bytes in a file of ${size} bytes`);
    }
    const header = new Uint8Array(Number(length));
    await readExactly(handle, file, header, 8);
    return parseHeader(header, file, size);
  });
}

function parseHeader(header: Uint8Array, file: string, size: Bytes): SafetensorsHeader {
  const value = parseJson(header, file, 'the header');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badCheckpoint(file, 'the header is not a JSON object');
  }
  const entries = Object.entries(value).filter(([name]) => name !== '__metadata__');
  if (entries.length > MOST_TENSORS) {
    throw badCheckpoint(file, `${entries.length} tensors in the header, expected at most ${MOST_TENSORS}`);
  }
  const twice = firstDuplicateKey(new TextDecoder().decode(header));
  if (twice !== null) throw badCheckpoint(file, `the header names ${quoted(twice)} twice`);
  const begin = 8 + header.byteLength;
  const tensors = entries.map(([name, entry]) => parseEntry(name, entry, file, begin, size));
  checkTiling(tensors, file, begin, size);
  return { tensors, metadata: parseMetadata(value, file) };
}

function parseMetadata(header: object, file: string): Readonly<Record<string, string>> {
  if (!('__metadata__' in header)) return {};
  const parsed = metadataSchema.safeParse(header.__metadata__);
  if (!parsed.success) throw badCheckpoint(file, '__metadata__ of the header is not an object of texts');
  return parsed.data;
}

function parseEntry(name: string, entry: unknown, file: string, begin: Bytes, size: Bytes): PublishedTensor {
  const fail = (what: string) => badCheckpoint(file, `tensor ${quoted(name)}: ${what}`);
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success) {
    const key = String(parsed.error.issues[0]?.path[0] ?? 'entry');
    const rule = key === 'shape' ? 'non-negative integers' : 'a pair of non-negative integers';
    throw fail(key === 'dtype' || key === 'entry' ? `malformed ${key}` : `${key} must be ${rule}`);
  }
  const { dtype, shape, data_offsets: range } = parsed.data;
  const bits = BITS.get(dtype);
  if (bits === undefined) throw fail(`unknown dtype ${quoted(dtype)}`);
  const [from, to] = range;
  if (to < from) throw fail(`data_offsets [${from}, ${to}] are reversed`);
  if (to > size - begin) throw fail(`ends at value byte ${to} of ${size - begin}: truncated file or wrong offsets`);
  const expected = byteLengthOf(shape, bits);
  if (expected === null) throw fail(`shape ${shapeText(shape)} has too many values`);
  if (expected !== to - from) {
    throw fail(`shape ${shapeText(shape)} of ${dtype} takes ${expected} bytes, data_offsets give ${to - from}`);
  }
  return { name, file, offset: begin + from, byteLength: to - from, dtype, shape };
}

/** null where the count leaves the safe integers; a fraction where values do not fill whole bytes. */
function byteLengthOf(shape: readonly number[], bits: number): number | null {
  let total = bits;
  for (const side of shape) {
    total *= side;
    if (!Number.isSafeInteger(total)) return null;
  }
  return total / 8;
}

/** The values must be covered once, with nothing between or behind: any other file was damaged or forged. */
function checkTiling(tensors: readonly PublishedTensor[], file: string, begin: Bytes, size: Bytes): void {
  const inOrder = [...tensors].sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength);
  let next = begin;
  for (const { name, offset, byteLength } of inOrder) {
    if (offset < next) throw badCheckpoint(file, `tensor ${quoted(name)}: overlaps the one before it`);
    if (offset > next) throw badCheckpoint(file, `tensor ${quoted(name)}: ${offset - next} unused bytes before it`);
    next = offset + byteLength;
  }
  if (next !== size) throw badCheckpoint(file, `${size - next} bytes behind the last tensor`);
}
