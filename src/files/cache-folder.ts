import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where downloads are kept: BENCH_CACHE_DIR, else `bench` in XDG_CACHE_HOME or ~/.cache. */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>>): string {
  return environment.BENCH_CACHE_DIR || join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'bench');
}
