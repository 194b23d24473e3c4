/** Folders of this program: its package's, and the one where downloads are kept. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of this package: holds `package.json`, `tasks/` and `models/`, from sources and from `dist/` alike. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new RangeError('packageRoot: no package.json above this module');
    folder = parent;
  }
  return folder;
}

/** Of this package. */
export function packageVersion(): string {
  const manifest: { readonly version?: string } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  return manifest.version ?? 'unknown';
}

/** Where downloads are kept: BENCH_CACHE_DIR, else `bench` in XDG_CACHE_HOME or ~/.cache. */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>>): string {
  return environment.BENCH_CACHE_DIR || join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'bench');
}
