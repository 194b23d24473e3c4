import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../src/files/package-root.ts';

/** A folder of the reference material that lies beside the project (`../shared/NAME`); null where it was checked out without one. */
export function sharedFolder(name: string): string | null {
  for (let at = packageRoot(); at !== dirname(at); at = dirname(at)) {
    const folder = join(at, 'shared', name);
    if (existsSync(folder)) return folder;
  }
  return null;
}
