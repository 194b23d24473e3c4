/** Where the members of a zip lie. Those of `torch.save` are stored as they are. */
import type { FileHandle } from 'node:fs/promises';
import type { RandomAccessReader, ZipFile } from 'yauzl';
import { badCheckpoint, HarnessError, quoted } from '../../../core/errors.ts';
import type { Bytes } from '../../../core/units.ts';
import { readExactly, withFile } from '../../../files/file-bytes.ts';
import type { Place } from '../format.ts';

/**
 * By their names; sizes as the directory at the end says them.
 *
 * @throws HarnessError 'bad-checkpoint' where the directory is cut off or damaged, or a member is compressed
 */
export async function zipMembers(file: string): Promise<ReadonlyMap<string, Place>> {
  const { fromRandomAccessReaderPromise, RandomAccessReader } = await import('yauzl');
  return withFile(file, async (handle, size) => {
    const listed = new Promise<ReadonlyMap<string, Place>>((resolve, reject) => {
      const reader = readerOf(RandomAccessReader, handle, file, size, reject);
      const opened = fromRandomAccessReaderPromise(reader, size, { autoClose: false });
      opened.then((zip) => listedIn(zip, file)).then(resolve, reject);
    });
    return await listed.catch((cause: Error) => {
      if (cause instanceof HarnessError) throw cause;
      throw badCheckpoint(file, `a damaged zip: ${cause.message.replace(/\.$/, '')}`, { cause });
    });
  });
}

async function listedIn(zip: ZipFile, file: string): Promise<ReadonlyMap<string, Place>> {
  const members = new Map<string, Place>();
  for await (const entry of zip.eachEntry()) {
    if (entry.compressionMethod !== 0 || entry.isEncrypted()) {
      throw badCheckpoint(file, `member ${quoted(entry.fileName)} is compressed; expected it as it is`);
    }
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    members.set(entry.fileName, { offset: fileDataStart, byteLength: entry.uncompressedSize });
  }
  return members;
}

/**
 * Reads where the directory says, as far as there is a file.
 *
 * @param onThrown told what yauzl throws when it is called back, which nobody else could catch
 */
function readerOf(
  Reader: typeof RandomAccessReader,
  handle: FileHandle,
  file: string,
  size: Bytes,
  onThrown: (error: Error) => void,
): RandomAccessReader {
  async function fill(bytes: Uint8Array, position: number): Promise<void> {
    if (position < 0 || position + bytes.byteLength > size) {
      throw new Error(`${bytes.byteLength} bytes at ${position} of a file of ${size}`);
    }
    await readExactly(handle, file, bytes, position);
  }
  return new (class extends Reader {
    override read(buffer: Buffer, offset: number, length: number, position: number, done: Done): void {
      fill(buffer.subarray(offset, offset + length), position)
        .then(() => done(null), done)
        .catch(onThrown);
    }
    override close(done: Done): void {
      done(null);
    }
  })();
}

type Done = (error: Error | null) => void;
