/** Files that Git LFS leaves where it did not fetch the content: a few lines that say which. */
import type { HarnessError, Refuse } from '../core/errors.ts';

const FIRST_LINE = 'version https://git-lfs.github.com/spec/';

export function isLfsPointer(content: Uint8Array | string): boolean {
  const start = content.slice(0, FIRST_LINE.length);
  return (typeof start === 'string' ? start : Buffer.from(start).toString('latin1')) === FIRST_LINE;
}

/** The error for such a file in the place of another. */
export function lfsPointer(file: string, refuse: Refuse): HarnessError {
  return refuse(file, 'a Git LFS pointer lies in its place', {
    hint: 'fetch the files: `git lfs pull` in the folder of the repository',
  });
}
