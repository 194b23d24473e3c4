import { type FileHandle, open, stat } from 'node:fs/promises';
import { HarnessError } from '../core/errors.ts';
import type { Bytes } from '../core/units.ts';

/** A file that grows by whole pieces. After a failed append (a full disk, say) it is as it was before the call. */
export class AppendFile {
  readonly #path: string;
  readonly #file: FileHandle;
  /** Length after the last complete append. */
  #bytes: Bytes;

  private constructor(path: string, file: FileHandle, bytes: number) {
    this.#path = path;
    this.#file = file;
    this.#bytes = bytes;
  }

  /** @param keep bytes of what is there that are kept; all by default */
  static async open(path: string, keep?: number): Promise<AppendFile> {
    const file = await open(path, 'a');
    if (keep !== undefined) await file.truncate(keep);
    await file.sync();
    return new AppendFile(path, file, (await file.stat()).size);
  }

  /** Of all complete appends, and of what was there before. */
  get bytes(): Bytes {
    return this.#bytes;
  }

  /**
   * Waits until the disk has it.
   *
   * @throws HarnessError 'store-corrupt' where the file was deleted or replaced since it was opened
   */
  async append(piece: Uint8Array): Promise<void> {
    try {
      await this.#file.writeFile(piece);
      await this.#file.sync();
    } catch (error) {
      await this.#file.truncate(this.#bytes).catch(() => {});
      throw error;
    }
    this.#bytes += piece.length;
    await this.requireThere();
  }

  /** @throws HarnessError 'store-corrupt' where what was written is no longer in the file of this name */
  async requireThere(): Promise<void> {
    const [mine, found] = [await this.#file.stat(), await stat(this.#path).catch(() => null)];
    const isSame = found !== null && found.ino === mine.ino && found.dev === mine.dev && found.size === this.#bytes;
    if (isSame) return;
    const what = found === null ? 'it was deleted' : 'another program replaced or changed it';
    throw new HarnessError('store-corrupt', `${this.#path}: expected the file that is being written, but ${what}`, {
      hint: 'what it held is lost; repeat the command to compute it again, and leave the folder alone meanwhile',
    });
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
