/** Files that Git LFS leaves where it did not fetch the content: a few lines that say which. */
import type { HarnessError, Refuse } from '../core/errors.ts';

const FIRST_LINE = Buffer.from('version https://git-lfs.github.com/spec/');

export const isLfsPointer = (content: Uint8Array): boolean =>
  Buffer.from(content.buffer, content.byteOffset, Math.min(content.byteLength, FIRST_LINE.byteLength)).equals(
    FIRST_LINE,
  );

/** The error for such a file in the place of another. */
export function lfsPointer(file: string, refuse: Refuse): HarnessError {
  return refuse(file, 'a Git LFS pointer, found in the place of the file itself', {
    hint: 'fetch the files: `git lfs pull` in the folder of the repository',
  });
}
