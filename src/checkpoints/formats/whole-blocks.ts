/** Blocks of 32 values with one scale, kept as they are: 8 bits of Q8_0, 4 bits of Q4_0. */
import { half } from '../../core/numbers/float-formats.ts';
import type { BlockedWeight, WeightBlocks } from '../../tensor/ops.ts';
import type { PublishedTensor, View } from './format.ts';

const LENGTH = 32;
/** Bytes of a scale, before the values of its block. */
const SCALE = 2;
const BITS: Readonly<Record<string, 4 | 8>> = { Q4_0: 4, Q8_0: 8 };

/**
 * A tensor that is whole blocks of one of these kinds, in an order that leaves them whole; else null.
 *
 * @param bytesOf its bytes, as they lie
 */
export function blockedWeight(
  tensor: PublishedTensor,
  bytesOf: (tensor: PublishedTensor) => Promise<Uint8Array>,
): BlockedWeight | null {
  const bits = tensor.made === undefined ? BITS[tensor.dtype] : undefined;
  if (bits === undefined || tensor.shape.length !== 2) return null;
  const along = alongAxis(tensor);
  return along === null
    ? null
    : { bits, along, read: async () => blocksOf(await bytesOf(tensor), tensor, bits, along) };
}

/** The axis of the shape along which blocks run; null where an order takes them apart. */
function alongAxis({ shape, view }: PublishedTensor): 0 | 1 | null {
  if (view === undefined) return 1;
  const isTurned = view.shape.length === 2 && view.strides[0] === 1 && view.strides[1] === shape[0];
  if (isTurned && view.start === 0) return 0;
  const others = [view.start, ...view.strides.slice(0, -1)];
  return view.strides.at(-1) === 1 && view.shape.at(-1) === shape[1] && others.every((step) => step % LENGTH === 0)
    ? 1
    : null;
}

function blocksOf(bytes: Uint8Array, { view }: PublishedTensor, bits: 4 | 8, along: 0 | 1): WeightBlocks {
  const blockBytes = SCALE + (LENGTH * bits) / 8;
  const count = bytes.byteLength / blockBytes;
  const data = new DataView(bytes.buffer, bytes.byteOffset);
  const levels = new Uint8Array(count * (blockBytes - SCALE));
  const scales = new Float32Array(count);
  const order = view === undefined || along === 0 ? null : blockOrder(view);
  for (let b = 0; b < count; b++) {
    const from = (order?.[b] ?? b) * blockBytes;
    scales[b] = half(data, from);
    const values = bytes.subarray(from + SCALE, from + blockBytes);
    const into = levels.subarray(b * values.length, (b + 1) * values.length);
    if (bits === 8) for (let j = 0; j < LENGTH; j++) into[j] = (values[j] as number) ^ 128;
    else neighbours(values, into);
  }
  return { levels, scales };
}

/** Low halves first, then high ones, to neighbours in a byte. */
function neighbours(halves: Uint8Array, into: Uint8Array): void {
  const level = (j: number): number =>
    j < LENGTH / 2 ? (halves[j] as number) & 15 : (halves[j - LENGTH / 2] as number) >> 4;
  for (let j = 0; j < LENGTH / 2; j++) into[j] = level(2 * j) | (level(2 * j + 1) << 4);
}

/** Which block of the file stands where, in the order of a view. */
function blockOrder({ start, shape, strides }: View): Int32Array {
  const last = shape.length - 1;
  const order: number[] = [];
  const fill = (axis: number, from: number): void => {
    if (axis < last) {
      for (let i = 0; i < (shape[axis] as number); i++) fill(axis + 1, from + i * (strides[axis] as number));
    } else for (let i = 0; i < (shape[last] as number); i += LENGTH) order.push((from + i) / LENGTH);
  };
  fill(0, start);
  return Int32Array.from(order);
}
