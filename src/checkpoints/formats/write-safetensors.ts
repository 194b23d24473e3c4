/** Writes a safetensors file of any size with little memory. The file appears whole or not at all. */

import type { FileHandle } from 'node:fs/promises';
import { DTYPE_BYTES, narrow } from '../../core/numbers/float-formats.ts';
import { openDraft } from '../../files/draft.ts';
import type { StoredDtype } from '../checkpoint.ts';

/** Bytes as stored, or float32 values that are rounded to the tensor's dtype. */
export type ValuePiece = Uint8Array | Float32Array;

/** One tensor to write. */
export interface TensorSource {
  readonly name: string;
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  /** The values in storage order, in pieces of any size; a piece may be overwritten once the next one is asked for. */
  values(): Iterable<ValuePiece> | AsyncIterable<ValuePiece>;
}

/**
 * Writes the header, then the values of each tensor in the given order; in one step, see `openDraft`.
 *
 * @throws RangeError when a name is repeated, or a tensor's pieces do not add up to its shape; nothing is left behind
 */
export async function writeSafetensors(
  file: string,
  tensors: readonly TensorSource[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const header = headerOf(tensors, metadata);
  const draft = await openDraft(file);
  try {
    await writeAll(draft.file, header);
    for (const tensor of tensors) await writeValues(draft.file, tensor);
    await draft.commit();
  } finally {
    await draft.discard();
  }
}

/** Length and JSON, padded with blanks so that the values start at a multiple of 8. */
function headerOf(tensors: readonly TensorSource[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const entries = new Map<string, unknown>([['__metadata__', metadata]]);
  let offset = 0;
  for (const { name, dtype, shape } of tensors) {
    if (entries.has(name)) throw new RangeError(`writeSafetensors: two tensors are named ${name}`);
    const end = offset + byteLengthOf({ dtype, shape });
    entries.set(name, { dtype, shape, data_offsets: [offset, end] });
    offset = end;
  }
  const text = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const header = Buffer.alloc(8 + Math.ceil(text.byteLength / 8) * 8, ' ');
  header.writeBigUInt64LE(BigInt(header.byteLength - 8), 0);
  text.copy(header, 8);
  return header;
}

async function writeValues(handle: FileHandle, tensor: TensorSource): Promise<void> {
  const expected = byteLengthOf(tensor);
  let written = 0;
  for await (const piece of tensor.values()) {
    const bytes = piece instanceof Float32Array ? narrow(piece, tensor.dtype) : piece;
    written += bytes.byteLength;
    if (written > expected) break;
    await writeAll(handle, bytes);
  }
  if (written !== expected) {
    throw new RangeError(`writeSafetensors: ${tensor.name} takes ${expected} bytes, its values have ${written}`);
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.byteLength) done += (await handle.write(bytes, done)).bytesWritten;
}

function byteLengthOf({ dtype, shape }: Pick<TensorSource, 'dtype' | 'shape'>): number {
  return shape.reduce((product, side) => product * side, DTYPE_BYTES[dtype]);
}
