/** Where the members of a zip lie. Those of `torch.save` are stored as they are. */
import { badCheckpoint, HarnessError, quoted } from '../../../core/errors.ts';
import type { Place } from '../format.ts';

/**
 * By their names; sizes as the directory at the end says them.
 *
 * @throws HarnessError 'bad-checkpoint' where the directory is cut off or damaged, or a member is compressed
 */
export async function zipMembers(file: string): Promise<ReadonlyMap<string, Place>> {
  const { openPromise } = await import('yauzl');
  const damaged = (cause: Error) =>
    badCheckpoint(file, `a damaged zip: ${cause.message.replace(/\.$/, '')}`, { cause });
  const zip = await openPromise(file, { lazyEntries: true, autoClose: false }).catch((cause: Error) => {
    throw damaged(cause);
  });
  try {
    const members = new Map<string, Place>();
    for await (const entry of zip.eachEntry()) {
      if (entry.compressionMethod !== 0 || entry.isEncrypted()) {
        throw badCheckpoint(file, `member ${quoted(entry.fileName)} is compressed; expected it as it is`);
      }
      const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
      members.set(entry.fileName, { offset: fileDataStart, byteLength: entry.uncompressedSize });
    }
    return members;
  } catch (error) {
    throw error instanceof HarnessError ? error : damaged(error as Error);
  } finally {
    zip.close();
  }
}
