import { HarnessError } from '../core/errors.ts';
import { isSystemError, systemWords } from '../files/system-error.ts';

/** Turns what the system refuses, writing weights to the cache folder, into an error that says so; other errors stay. */
export function withoutRoom(path: string, weights: string, asWhat: string): (error: unknown) => never {
  return (cause) => {
    if (!isSystemError(cause)) throw cause;
    const message = `${path}: expected room for ${weights}, found ${systemWords(cause).found}`;
    const hint = `name a folder with room for all weights as ${asWhat} in BENCH_CACHE_DIR`;
    throw new HarnessError('system', message, { hint, cause });
  };
}
