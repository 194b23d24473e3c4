import { HarnessError } from '../core/errors.ts';
import { isSystemError, systemWords } from './system-error.ts';

/** Codes that say nothing about the file at hand. */
const OF_THE_PROCESS: readonly unknown[] = ['EMFILE', 'ENFILE', 'ENOMEM'];

/**
 * The error for a file that cannot be read, whatever was thrown: 'system' where any other file would have failed as well,
 * 'store-corrupt' else. What is no error of the system stays as it is.
 */
export function unreadableFile(path: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const { found, hint } = systemWords(error);
  const code = OF_THE_PROCESS.includes(error.code) ? 'system' : 'store-corrupt';
  return new HarnessError(code, `cannot read ${path}: ${found}`, { hint, cause: error });
}
