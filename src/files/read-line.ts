/** Lines of files that do not fit in memory. */
import { type FileHandle, open, readFile } from 'node:fs/promises';
import type { Bytes } from '../core/units.ts';
import { unreadableFile } from './unreadable-file.ts';

const PIECE: Bytes = 2 ** 18;
const END = 0x0a;

export interface FileLine {
  /** Where it begins. */
  readonly start: Bytes;
  /** Without its end. */
  readonly line: Buffer;
  /** Has it an end? Only the last one may have none. */
  readonly isWhole: boolean;
}

/**
 * The lines from one that begins at `from` on; none of a file that is not there.
 *
 * @throws HarnessError as `readIfThere`
 */
export async function* linesOf(path: string, from: Bytes = 0): AsyncGenerator<FileLine, void, undefined> {
  const file = await openIfThere(path);
  if (file === null) return;
  try {
    let [start, rest] = [from, Buffer.alloc(0)];
    for (let at = from; ; ) {
      const { buffer, bytesRead } = await file
        .read(Buffer.allocUnsafe(PIECE), 0, PIECE, at)
        .catch((error: NodeJS.ErrnoException) => {
          throw unreadableFile(path, error);
        });
      if (bytesRead === 0) break;
      at += bytesRead;
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      let begin = 0;
      for (let end = rest.indexOf(END); end >= 0; end = rest.indexOf(END, begin)) {
        yield { start: start + begin, line: rest.subarray(begin, end), isWhole: true };
        begin = end + 1;
      }
      rest = rest.subarray(begin);
      start += begin;
    }
    if (rest.length > 0) yield { start, line: rest, isWhole: false };
  } finally {
    await file.close();
  }
}

/** The line that begins at `start`, without its end; what is left of the file where no line ends. */
export async function readLine(path: string, start: Bytes): Promise<Buffer> {
  for await (const { line } of linesOf(path, start)) return line;
  return Buffer.alloc(0);
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unreadableFile(path, error as NodeJS.ErrnoException);
  }
}

/**
 * The content of a file; null where there is none.
 *
 * @throws HarnessError 'store-corrupt' where it cannot be read, 'system' where nothing can
 */
export async function readIfThere(path: string): Promise<Buffer | null> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw unreadableFile(path, error);
  });
}
