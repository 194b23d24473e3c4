import { existsSync, readFileSync } from 'node:fs';
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
