/** The values of a published tensor, whatever their type, order and number of parts. */
import { badCheckpoint, quoted } from '../../core/errors.ts';
import type { FloatFormat } from '../../core/numbers/float-formats.ts';
import type { Bytes } from '../../core/units.ts';
import { readExactly, withFile } from '../../files/file-bytes.ts';
import type { Codec } from './codecs/codec.ts';
import { codecOf, floatNames } from './codecs/index.ts';
import type { PublishedTensor, View } from './format.ts';

const PIECE: Bytes = 4 << 20;

/**
 * All values as float32, row-major in the tensor's shape: computed exactly, rounded once.
 *
 * @throws HarnessError 'bad-checkpoint' when the file cannot be read or has become shorter, or the type is none of weights
 */
export async function publishedValues(tensor: PublishedTensor): Promise<Float32Array> {
  if (tensor.made !== undefined) return tensor.made.values();
  const values = await decodeAll(tensor, requireCodec(tensor));
  return tensor.view === undefined ? values : arranged(values, tensor.view);
}

/** The bytes of a tensor as they lie, for those that hold no values of weights: levels, settings. */
export async function publishedBytes({ file, offset, byteLength }: PublishedTensor): Promise<Uint8Array> {
  const bytes = new Uint8Array(byteLength);
  await withFile(file, (handle) => readExactly(handle, file, bytes, offset));
  return bytes;
}

/** The smallest format of weights that holds every value of a tensor. */
export function exactDtype(tensor: PublishedTensor): FloatFormat {
  return tensor.made === undefined ? requireCodec(tensor).exactIn : 'F32';
}

/** What the values of a tensor depend on, besides the content of its files. */
export function identityOf({ file, offset, byteLength, dtype, shape, view, made }: PublishedTensor): unknown {
  if (made !== undefined) return { how: made.how, from: made.from.map(identityOf) };
  return { file, offset, byteLength, dtype, shape, ...(view === undefined ? {} : { view }) };
}

/** Every file that values are read from. */
export function filesOf({ file, made }: PublishedTensor): readonly string[] {
  return made === undefined ? [file] : made.from.flatMap(filesOf);
}

/** @throws HarnessError 'bad-checkpoint' naming the tensor, where its type is none of weights */
export function requireCodec({ name, file, dtype }: PublishedTensor): Codec {
  const codec = codecOf(dtype);
  if (codec !== null) return codec;
  throw badCheckpoint(file, `tensor ${quoted(name)} is ${dtype}; expected ${floatNames().join(', ')}`);
}

async function decodeAll(tensor: PublishedTensor, codec: Codec): Promise<Float32Array> {
  const { file, offset, byteLength } = tensor;
  const values = new Float32Array((byteLength / codec.blockBytes) * codec.blockLength);
  const piece = new Uint8Array(Math.min(PIECE - (PIECE % codec.blockBytes), byteLength));
  await withFile(file, async (handle) => {
    for (let done = 0; done < byteLength; done += piece.byteLength) {
      const part = piece.subarray(0, Math.min(piece.byteLength, byteLength - done));
      await readExactly(handle, file, part, offset + done);
      const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
      codec.decode(view, values, (done / codec.blockBytes) * codec.blockLength);
    }
  });
  return values;
}

/** The values in the order of a view. */
function arranged(values: Float32Array, { start, shape, strides }: View): Float32Array {
  const into = new Float32Array(shape.reduce((product, side) => product * side, 1));
  const last = shape.length - 1;
  const [side = 1, stride = 1] = [shape[last], strides[last]];
  let next = 0;
  const fill = (axis: number, from: number): void => {
    if (axis < last) {
      for (let i = 0; i < (shape[axis] as number); i++) fill(axis + 1, from + i * (strides[axis] as number));
    } else for (let i = 0; i < side; i++) into[next++] = values[from + i * stride] as number;
  };
  if (into.length > 0) fill(0, start);
  return into;
}

/** The view of a whole matrix `[rows, columns]` of a file as its transpose. */
export function transposed(rows: number, columns: number): View {
  return { start: 0, shape: [columns, rows], strides: [1, columns] };
}
