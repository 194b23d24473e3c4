import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../core/errors.ts';
import { readRun, type StoredRun } from './read-run.ts';
import { RUN_FILES } from './run-folder.ts';

export type ListedRun =
  | ({ readonly kind: 'run' } & Omit<StoredRun, 'records'>)
  | { readonly kind: 'unreadable'; readonly folder: string; readonly error: HarnessError };

/** The runs in a folder, by name; records are counted but not kept, and a run that cannot be read is listed with the reason. A missing folder has none. */
export async function listRuns(out: string): Promise<readonly ListedRun[]> {
  const runs: ListedRun[] = [];
  for (const folder of await runFolders(out)) runs.push(await listed(folder));
  return runs;
}

/** The folders in a folder that hold a run, by name. A missing folder has none. */
export async function runFolders(out: string): Promise<readonly string[]> {
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

async function listed(folder: string): Promise<ListedRun> {
  try {
    const { runId, manifest, summary, environment, warnings } = await readRun(folder);
    return { kind: 'run', folder, runId, manifest, summary, environment, warnings };
  } catch (error) {
    if (error instanceof HarnessError) return { kind: 'unreadable', folder, error };
    throw error;
  }
}

async function isRun(folder: string): Promise<boolean> {
  return access(join(folder, RUN_FILES.manifest)).then(
    () => true,
    () => false,
  );
}
