import { open, stat } from 'node:fs/promises';
import { HarnessError } from '../core/errors.ts';
import type { Bytes } from '../core/units.ts';

export type AppendFile = Awaited<ReturnType<typeof openToAppend>>;

/**
 * A file that grows by whole pieces. After a failed append (a full disk, say) it is as it was before the call.
 *
 * @param keep bytes of what is there that are kept; all by default
 */
export async function openToAppend(path: string, keep?: Bytes) {
  const file = await open(path, 'a');
  if (keep !== undefined) await file.truncate(keep);
  await file.sync();
  /** Length after the last complete append. */
  let { size: bytes } = await file.stat();
  /** @throws HarnessError 'store-corrupt' where what was written is no longer in the file of this name */
  const requireThere = async (): Promise<void> => {
    const [mine, found] = [await file.stat(), await stat(path).catch(() => null)];
    const isSame = found !== null && found.ino === mine.ino && found.dev === mine.dev && found.size === bytes;
    if (isSame) return;
    const what = found === null ? 'it was deleted' : 'another program replaced or changed it';
    throw new HarnessError('store-corrupt', `${path}: expected the file that is being written, but ${what}`, {
      hint: 'what it held is lost; repeat the command to compute it again, and leave the folder alone meanwhile',
    });
  };
  return {
    requireThere,
    close: () => file.close(),
    /** Of all complete appends, and of what was there before. */
    bytes: (): Bytes => bytes,
    /**
     * Waits until the disk has it.
     *
     * @throws HarnessError 'store-corrupt' where the file was deleted or replaced since it was opened
     */
    async append(piece: Uint8Array): Promise<void> {
      try {
        await file.writeFile(piece);
        await file.sync();
      } catch (error) {
        await file.truncate(bytes).catch(() => {});
        throw error;
      }
      bytes += piece.length;
      await requireThere();
    },
  };
}
