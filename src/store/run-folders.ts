import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_FILES } from './run-folder.ts';

/** The folders directly in `out` that hold a manifest, by name. A missing folder has none. */
export async function runFoldersIn(out: string): Promise<readonly string[]> {
  const entries = await readdir(out, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const folders: string[] = [];
  for (const name of names.sort()) {
    const folder = join(out, name);
    if (await isRun(folder)) folders.push(folder);
  }
  return folders;
}

async function isRun(folder: string): Promise<boolean> {
  return access(join(folder, RUN_FILES.manifest)).then(
    () => true,
    () => false,
  );
}
