/**
 * The header of a GGUF file: metadata, and where each tensor lies. The library parses it and checks little: what a damaged or
 * foreign file shows is checked here.
 *
 * @source ggml-org/ggml, docs/gguf.md; what @huggingface/gguf 0.4.6 passes over was tried out
 */
import type { GGUFTensorInfo } from '@huggingface/gguf';
import { badCheckpoint, notSupported, quoted, shapeText } from '../../../core/errors.ts';
import type { Bytes } from '../../../core/units.ts';
import { beginningOf, isLfsPointer, lfsPointer, withFile } from '../../../files/file-bytes.ts';
import { codecOf } from '../codecs/index.ts';
import type { PublishedTensor } from '../format.ts';
import type { GgufMetadata } from './facts.ts';

export interface GgufHeader {
  readonly metadata: GgufMetadata;
  /** As the file names them; a matrix as `[rows, columns]`, rows contiguous: the reverse of the file's order of sizes. */
  readonly tensors: readonly PublishedTensor[];
}

const VERSIONS = [2, 3];

/**
 * @param file absolute path
 * @throws HarnessError 'bad-checkpoint' naming file and tensor where the file is damaged or cut; 'not-supported' for another
 *   version or byte order, an element type that is not read, or a part of a file that was split
 */
export async function readGgufHeader(file: string): Promise<GgufHeader> {
  const size = await withFile(file, async (handle, bytes) => {
    requireVersion(file, await beginningOf(handle, file, bytes));
    return bytes;
  });
  const { gguf, GGMLQuantizationType } = await import('@huggingface/gguf');
  const parsed = await gguf(file, { allowLocalFile: true }).catch((cause: Error) => {
    throw badCheckpoint(file, `damaged header: ${cause.message}`, { cause });
  });
  const { metadata, tensorInfos } = parsed;
  const begin = Number(parsed.tensorDataOffset);
  // An alignment of 2^31 or more makes the library's sum negative.
  if (begin < 0) throw badCheckpoint(file, `general.alignment is ${Reflect.get(metadata, 'general.alignment')}`);
  if (begin > size || tensorInfos.some(({ name }) => name === ''))
    throw badCheckpoint(file, 'truncated inside the header');
  const parts = Number(Reflect.get(metadata, 'split.count') ?? 1);
  if (parts > 1) {
    const hint = 'join the parts with `llama-gguf-split --merge FIRST OUT`';
    throw notSupported(`${file}: a part of a model that was split into ${parts} files`, hint);
  }
  requireNamesOnce(file, tensorInfos);
  return {
    metadata: { ...metadata },
    tensors: tensorInfos.map((info) => placeTensor(file, info, GGMLQuantizationType[info.dtype], begin, size)),
  };
}

function requireVersion(file: string, start: Uint8Array): void {
  if (isLfsPointer(start)) throw lfsPointer(file, badCheckpoint);
  if (start.byteLength < 8 || new TextDecoder().decode(start.subarray(0, 4)) !== 'GGUF') {
    throw badCheckpoint(file, 'not a GGUF file: it does not begin with GGUF');
  }
  const version = new DataView(start.buffer).getUint32(4, true);
  if (VERSIONS.includes(version)) return;
  const isSwapped = VERSIONS.includes(new DataView(start.buffer).getUint32(4, false));
  const found = isSwapped ? 'big-endian' : `version ${version}`;
  const hint = 'convert the model anew with a recent llama.cpp';
  throw notSupported(`${file}: a GGUF file of ${found}; expected version 2 or 3, little-endian`, hint);
}

function requireNamesOnce(file: string, infos: readonly GGUFTensorInfo[]): void {
  const names = new Set<string>();
  for (const { name } of infos) {
    if (names.has(name)) throw badCheckpoint(file, `two tensors are called ${quoted(name)}`);
    names.add(name);
  }
}

/** @param dtype name of its type; undefined for a number that is none */
function placeTensor(
  file: string,
  info: GGUFTensorInfo,
  dtype: string | undefined,
  begin: Bytes,
  size: Bytes,
): PublishedTensor {
  const { name } = info;
  const fail = (what: string) => badCheckpoint(file, `tensor ${quoted(name)}: ${what}`);
  const codec = dtype === undefined ? null : codecOf(dtype);
  if (dtype === undefined || codec === null) {
    const found = dtype === undefined ? `of type ${info.dtype}` : `${dtype} (type ${info.dtype})`;
    const hint = 'use a file of the same model in Q8_0, Q6_K, Q5_K, Q4_K or F16';
    throw notSupported(`${file}: tensor ${quoted(name)} is ${found}, which is not read`, hint);
  }
  const shape = info.shape.map(Number).reverse();
  const row = shape.at(-1) ?? 1;
  if (row % codec.blockLength !== 0) {
    throw fail(`rows of ${row} values are no whole ${dtype} blocks of ${codec.blockLength}`);
  }
  const count = shape.reduce((product, side) => product * side, 1);
  const byteLength = (count / codec.blockLength) * codec.blockBytes;
  const offset = begin + Number(info.offset);
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(offset))
    throw fail(`shape ${shapeText(shape)} is too large`);
  if (offset + byteLength > size) throw fail(`ends at byte ${offset + byteLength} of ${size}: the file is truncated`);
  return { name, file, offset, byteLength, dtype, shape };
}
