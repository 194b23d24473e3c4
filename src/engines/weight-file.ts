/** Reads one weight from its published files. Only for engines that cannot map files themselves. */
import { type FileHandle, open } from 'node:fs/promises';
import { HarnessError } from '../core/errors.ts';
import { widen } from '../core/numbers/float-formats.ts';
import { type DenseWeight, isDecoded, type WeightSource } from '../tensor/ops.ts';

/** Node reads at most 2^31 − 1 bytes at once. */
const LONGEST_READ = 1 << 30;

/**
 * All values of a weight as float32 (exact for F16 and BF16).
 *
 * @throws HarnessError 'bad-checkpoint' when the file has become shorter since it was opened
 */
export async function readWeight(source: WeightSource): Promise<Float32Array> {
  if (isDecoded(source)) return source.values();
  const bytes = new Uint8Array(source.byteLength);
  const file = await open(source.file, 'r');
  try {
    await fill(bytes, file, source);
  } finally {
    await file.close();
  }
  if (source.dtype === 'F32') return new Float32Array(bytes.buffer);
  const bits = new Uint32Array(bytes.length / 2);
  widen(new Uint16Array(bytes.buffer), source.dtype, bits, 0);
  return new Float32Array(bits.buffer);
}

async function fill(bytes: Uint8Array, file: FileHandle, source: DenseWeight): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const step = Math.min(bytes.length - done, LONGEST_READ);
    const { bytesRead } = await file.read(bytes, done, step, source.offset + done);
    if (bytesRead === 0) {
      const [end, expected] = [source.offset + done, source.offset + bytes.length];
      throw new HarnessError('bad-checkpoint', `${source.file}: ends at byte ${end}, a weight reaches to ${expected}`);
    }
    done += bytesRead;
  }
}
