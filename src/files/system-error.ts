/** What the operating system refuses, in words. */

const NUMBER_OF_FILES = 'allow more with `ulimit -n 1024` and repeat the command';
const PERMISSIONS = 'give yourself the permission, or name another place';

/** What a code of Node means, and what to do about it. */
const WORDS: Readonly<Record<string, readonly [found: string, hint: string]>> = {
  EMFILE: ['too many files are open: the limit of this process is reached', NUMBER_OF_FILES],
  ENFILE: [
    'too many files are open: the limit of this machine is reached',
    'end other programs and repeat the command',
  ],
  EROFS: ['the file system is read-only', 'name a folder that can be written'],
  EACCES: ['permission is denied', PERMISSIONS],
  EPERM: ['permission is denied', PERMISSIONS],
  ENOSPC: ['no space is left on the disk', 'make room and repeat the command'],
  EDQUOT: ['no space is left in the quota', 'make room and repeat the command'],
  ENOENT: ['there is no such file or folder', 'check the path'],
  EEXIST: ['a file stands where a folder is expected', 'check the path'],
  EISDIR: ['a folder stands where a file is expected', 'check the path'],
  ENOTDIR: ['a file stands where a folder is expected', 'check the path'],
  ELOOP: ['links lead in a circle', 'check the path'],
  ENAMETOOLONG: ['the name is too long', 'choose a shorter one'],
  EIO: ['the disk cannot be read or written there', 'check the disk, and restore the file from a copy'],
  ERR_FS_FILE_TOO_LARGE: ['the file is larger than 2 GiB', 'check that it is the file that is meant'],
};

/** Errors of Node that are about files, not about programs. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return 'syscall' in error || error.code === 'ERR_FS_FILE_TOO_LARGE';
}

/** Whether an error says that nothing stands at a path; all others say that nobody may, or can, see. */
export const isAbsence = (error: unknown): boolean =>
  isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/** What was refused: in words where they are known, else in Node's, which name what was tried. */
export function systemWords(error: NodeJS.ErrnoException): { readonly found: string; readonly hint: string } {
  const [found, hint] = WORDS[error.code ?? ''] ?? [error.message, 'check the path, its permissions and the disk'];
  return { found, hint };
}
