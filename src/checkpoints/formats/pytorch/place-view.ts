/** From a look at a storage to bytes of a file: in row-major order as they lie, or with the order in which they are read. */
import { badCheckpoint, quoted, shapeText } from '../../../core/errors.ts';
import type { Bytes } from '../../../core/units.ts';
import type { Place, PublishedTensor } from '../format.ts';
import type { StoredView } from './tensor-rules.ts';

/** Bytes of one value. */
export const ITEM_BYTES: Readonly<Record<string, Bytes>> = {
  ...{ F64: 8, I64: 8, F32: 4, I32: 4, F16: 2, BF16: 2, I16: 2, I8: 1, U8: 1, BOOL: 1 },
};

/**
 * @param place that of the tensor's storage; undefined where the file has none
 * @throws HarnessError 'bad-checkpoint' naming the tensor, where its storage is absent or shorter than it is said to be, or the
 *   tensor reaches behind it
 */
export function placeView(name: string, file: string, view: StoredView, place: Place | undefined): PublishedTensor {
  const { storage, start, shape, strides } = view;
  const fail = (what: string) => badCheckpoint(file, `tensor ${quoted(name)}: ${what}`);
  if (place === undefined) throw fail(`its storage ${quoted(storage.key)} is not in the file`);
  const size = ITEM_BYTES[storage.dtype] as Bytes;
  if (storage.length * size !== place.byteLength) {
    throw fail(`its storage of ${storage.length} ${storage.dtype} values has ${place.byteLength} bytes`);
  }
  const length = spanOf(shape, strides);
  if (start + length > storage.length) {
    const reach = `reaches to value ${start + length} of a storage of ${storage.length}`;
    throw fail(`shape ${shapeText(shape)} with strides ${shapeText(strides)} ${reach}`);
  }
  const tensor = {
    name,
    file,
    offset: place.offset + start * size,
    byteLength: length * size,
    dtype: storage.dtype,
    shape,
  };
  return isRowMajor(shape, strides) ? tensor : { ...tensor, view: { start: 0, shape, strides } };
}

/** Values from the first to the last that is looked at. */
function spanOf(shape: readonly number[], strides: readonly number[]): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((last, side, axis) => last + (side - 1) * (strides[axis] as number), 1);
}

/** Strides of axes with one entry, or of no values at all, say nothing. */
function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  if (shape.includes(0)) return true;
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis] as number;
  }
  return true;
}
