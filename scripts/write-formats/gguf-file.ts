/** Writes a GGUF file of version 3. @source ggml-org/ggml, docs/gguf.md */

export type GgufValue =
  | string
  | number
  | boolean
  | readonly string[]
  | readonly number[]
  | { readonly uint32: number | readonly number[] }
  | { readonly int32: readonly number[] };

export interface GgufTensor {
  readonly name: string;
  /** Rows, then the values of a row: the file lists them the other way round. */
  readonly shape: readonly number[];
  /** Number of the type in the file. */
  readonly type: number;
  readonly content: Buffer;
}

const ALIGNMENT = 32;
const TYPE = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;

/** What a file says of a tensor before the values. */
export interface GgufInfo extends Pick<GgufTensor, 'name' | 'shape' | 'type'> {
  /** Bytes of its values; in the file they end at a multiple of 32. */
  readonly length: number;
}

export function ggufFile(metadata: Readonly<Record<string, GgufValue>>, tensors: readonly GgufTensor[]): Buffer {
  const infos = tensors.map(({ content, ...info }) => ({ ...info, length: content.length }));
  return Buffer.concat([ggufHead(metadata, infos), ...tensors.map(({ content }) => padded(content))]);
}

/** All that stands before the values, which follow tensor by tensor. */
export function ggufHead(metadata: Readonly<Record<string, GgufValue>>, tensors: readonly GgufInfo[]): Buffer {
  let offset = 0;
  const infos: Buffer[] = [];
  for (const { name, shape, type, length } of tensors) {
    infos.push(string(name), uint32(shape.length), ...[...shape].reverse().map(uint64), uint32(type), uint64(offset));
    offset += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
  }
  const pairs = Object.entries(metadata).flatMap(([key, value]) => [string(key), typed(value)]);
  const head = [Buffer.from('GGUF'), uint32(3), uint64(tensors.length), uint64(Object.keys(metadata).length)];
  return padded(Buffer.concat([...head, ...pairs, ...infos]));
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((ALIGNMENT - (content.length % ALIGNMENT)) % ALIGNMENT)]);
}

function typed(value: GgufValue): Buffer {
  const [type, write] = kindOf(value);
  const items = itemsOf(value);
  if (items === null) return Buffer.concat([uint32(type), write(value)]);
  return Buffer.concat([uint32(TYPE.array), uint32(type), uint64(items.length), ...items.map(write)]);
}

/** null for what is no list. */
function itemsOf(value: GgufValue): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object') return null;
  if ('int32' in value) return value.int32;
  return 'uint32' in value && Array.isArray(value.uint32) ? value.uint32 : null;
}

/** Number of the type of a value, or of the items of a list, and what writes one. */
function kindOf(value: GgufValue): readonly [number, (one: unknown) => Buffer] {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'string') return [TYPE.string, (one) => string(String(one))];
  if (typeof first === 'boolean') return [TYPE.bool, (one) => Buffer.from([one === true ? 1 : 0])];
  if (typeof first === 'number') return [TYPE.float32, (one) => float32(Number(one))];
  if (typeof value === 'object' && 'int32' in value) return [TYPE.int32, (one) => uint32(Number(one))];
  return [TYPE.uint32, (one) => uint32(Number(typeof one === 'object' ? (one as { uint32: number }).uint32 : one))];
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}
