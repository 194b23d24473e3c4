import { HarnessError } from '../core/errors.ts';
import { readRun } from './read-run.ts';
import { runFoldersIn } from './run-folder.ts';
import type { StoredRun } from './stored-run.ts';

/** A run that is left out, and what is wrong with it. */
export type LeaveOut = (folder: string, error: HarnessError) => void;

/**
 * Every run in a folder, whole, by name.
 *
 * @param leaveOut told of a run that cannot be read, so that the others go on; null = it stops them
 */
export async function readRunsIn(folder: string, leaveOut: LeaveOut | null): Promise<readonly StoredRun[]> {
  const runs: StoredRun[] = [];
  for (const each of await runFoldersIn(folder)) {
    try {
      runs.push(await readRun(each));
    } catch (error) {
      if (leaveOut === null || !(error instanceof HarnessError) || error.code === 'system') throw error;
      leaveOut(each, error);
    }
  }
  return runs;
}
