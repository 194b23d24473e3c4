/** A tensor of a file as a weight of a network. */
import { badCheckpoint, quoted, shapeText } from '../core/errors.ts';
import { digestOf } from '../core/text/digest.ts';
import type { StoredTensor } from './checkpoint.ts';
import { exactDtype, identityOf, publishedBytes, publishedValues } from './formats/decode-tensor.ts';
import type { PublishedTensor } from './formats/format.ts';
import { blockedWeight } from './formats/whole-blocks.ts';

/** A published tensor as a weight of a net. @throws HarnessError 'bad-checkpoint' where its shape or type is another */
export function storedTensor(tensor: PublishedTensor, name: string, shape: readonly number[]): StoredTensor {
  const dtype = exactDtype(tensor);
  if (tensor.shape.length !== shape.length || tensor.shape.some((side, i) => side !== shape[i]))
    throw misshapen(tensor, shape);
  const named = { name, publishedName: tensor.name, dtype, shape };
  if (tensor.dtype === dtype && tensor.view === undefined && tensor.made === undefined) {
    const { file, offset, byteLength } = tensor;
    return { ...named, file, offset, byteLength };
  }
  const key = digestOf(identityOf(tensor));
  const blocks = blockedWeight(tensor, publishedBytes);
  return {
    ...{ ...named, key, published: tensor, values: () => publishedValues(tensor) },
    ...(blocks === null ? {} : { blocks }),
  };
}

/** The error for a tensor whose shape is not the one that `config.json` calls for. */
export function misshapen(tensor: PublishedTensor, expected: readonly (number | string)[]): Error {
  return badCheckpoint(
    tensor.file,
    `tensor ${quoted(tensor.name)} has shape ${shapeText(tensor.shape)}; config.json calls for [${expected.join(', ')}]`,
  );
}
