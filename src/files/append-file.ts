import { type FileHandle, open } from 'node:fs/promises';

/** A file that grows by whole pieces. After a failed append (a full disk, say) it is as it was before the call. */
export class AppendFile {
  readonly #file: FileHandle;
  /** Length after the last complete append. */
  #bytes: number;

  private constructor(file: FileHandle, bytes: number) {
    this.#file = file;
    this.#bytes = bytes;
  }

  /** @param keep bytes of what is there that are kept; all by default */
  static async open(path: string, keep?: number): Promise<AppendFile> {
    const file = await open(path, 'a');
    if (keep !== undefined) await file.truncate(keep);
    await file.sync();
    return new AppendFile(file, (await file.stat()).size);
  }

  /** Waits until the disk has it. */
  async append(piece: Uint8Array): Promise<void> {
    try {
      await this.#file.writeFile(piece);
      await this.#file.sync();
    } catch (error) {
      await this.#file.truncate(this.#bytes).catch(() => {});
      throw error;
    }
    this.#bytes += piece.length;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
