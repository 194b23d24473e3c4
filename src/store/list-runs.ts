import { HarnessError } from '../core/errors.ts';
import { readRun, type StoredRun } from './read-run.ts';
import { runFoldersIn } from './run-folders.ts';

export type ListedRun =
  | ({ readonly kind: 'run' } & Omit<StoredRun, 'records'>)
  | { readonly kind: 'unreadable'; readonly folder: string; readonly error: HarnessError };

/** The runs in a folder, by name; records are counted but not kept, and a run that cannot be read is listed with the reason. A missing folder has none. */
export async function listRuns(out: string): Promise<readonly ListedRun[]> {
  const runs: ListedRun[] = [];
  for (const folder of await runFoldersIn(out)) runs.push(await listed(folder));
  return runs;
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
