/** The values of a stored tensor: all as float32, or as bytes of its dtype piece by piece. */
import { createHash } from 'node:crypto';
import { narrow, widen } from '../../core/numbers/float-formats.ts';
import type { Bytes } from '../../core/units.ts';
import { readExactly, withFile } from '../../files/file-bytes.ts';
import { isDecoded } from '../../tensor/ops.ts';
import type { StoredTensor } from '../checkpoint.ts';

const PIECE: Bytes = 4 << 20;

/**
 * All values, row-major, as float32 (exactly: every F16 and BF16 value is a float32 value).
 *
 * @returns Float32Array of the product of the tensor's shape
 * @throws HarnessError 'bad-checkpoint' when the file cannot be read or has become shorter
 */
export async function readTensor(tensor: StoredTensor): Promise<Float32Array> {
  if (isDecoded(tensor)) return tensor.values();
  const { file, offset, byteLength, dtype } = tensor;
  return withFile(file, async (handle) => {
    if (dtype === 'F32') {
      const values = new Float32Array(byteLength / 4);
      await readExactly(handle, file, new Uint8Array(values.buffer), offset);
      return values;
    }
    const bits = new Uint32Array(byteLength / 2);
    const piece = new Uint8Array(Math.min(PIECE, byteLength));
    for (let done = 0; done < byteLength; done += piece.byteLength) {
      const part = piece.subarray(0, Math.min(piece.byteLength, byteLength - done));
      await readExactly(handle, file, part, offset + done);
      widen(new Uint16Array(part.buffer, 0, part.byteLength / 2), dtype, bits, done / 2);
    }
    return new Float32Array(bits.buffer);
  });
}

/**
 * The values as bytes of the tensor's dtype: as stored, in pieces of at most 4 MiB; in one piece where they are decoded.
 * A piece is only valid until the next one is asked for.
 *
 * @throws HarnessError 'bad-checkpoint' when the file cannot be read or has become shorter
 */
export async function* tensorBytes(tensor: StoredTensor): AsyncGenerator<Uint8Array> {
  if (isDecoded(tensor)) {
    yield narrow(await tensor.values(), tensor.dtype);
    return;
  }
  const piece = new Uint8Array(Math.min(PIECE, tensor.byteLength));
  for (let done = 0; done < tensor.byteLength; done += piece.byteLength) {
    const part = piece.subarray(0, Math.min(piece.byteLength, tensor.byteLength - done));
    await withFile(tensor.file, (handle) => readExactly(handle, tensor.file, part, tensor.offset + done));
    yield part;
  }
}

/** Whether two tensors have the same bytes in the same dtype. */
export async function haveSameValues(a: StoredTensor, b: StoredTensor): Promise<boolean> {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return false;
  const digests = await Promise.all(
    [a, b].map(async (tensor) => {
      const hash = createHash('sha256');
      for await (const bytes of tensorBytes(tensor)) hash.update(bytes);
      return hash.digest('hex');
    }),
  );
  return digests[0] === digests[1];
}
