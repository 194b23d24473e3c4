import { basename, join } from 'node:path';
import { HarnessError } from '../core/errors.ts';
import type { ItemRecord } from '../core/record.ts';
import { type ClustersOf, findClusters } from './cluster-names.ts';
import { warning } from './environment.ts';
import { readEnvironment } from './environment-file.ts';
import { readStoredManifest } from './read-manifest.ts';
import { type Damage, scanRecords } from './records/record-file.ts';
import { RUN_FILES, runFoldersIn } from './run-folder.ts';
import type { StoredRun } from './stored-run.ts';
import { summarise } from './summarise.ts';

/**
 * Reads a run folder without changing or locking it; a run in progress can be read. Damaged records are left out with a
 * warning, as the next resume will compute them again.
 *
 * @param keep what to keep of each record: most of a large run's memory is in responses that few readers need
 * @param clustersOf what is known of clusters besides the records, which get their names from it; null = records as they are stored
 * @throws HarnessError 'store-corrupt' when the manifest is missing or damaged, 'not-supported' on another format,
 *   'bad-arguments' on a pattern that finds no clusters
 */
export async function readRun(
  folder: string,
  keep?: (record: ItemRecord) => ItemRecord,
  clustersOf: ClustersOf | null = () => ({}),
): Promise<StoredRun> {
  const { manifest, runId } = await readStoredManifest(folder);
  const scan = await scanRecords(join(folder, RUN_FILES.records), null, keep);
  const { environment, warnings } = await readEnvironment(folder);
  const stored = [...scan.records].sort((a, b) => a.index - b.index);
  const found = await findClusters(manifest.task.name, stored, clustersOf?.(manifest));
  const records = clustersOf === null ? stored : found.items;
  const damage = scan.damage === null ? [] : [warning('damaged-records', unread(folder, scan.damage))];
  return {
    folder,
    runId,
    manifest,
    records,
    clusters: found.from,
    summary: { ...summarise(manifest, found.items), runId },
    environment,
    warnings: [...environment.sessions.flatMap((session) => session.warnings), ...warnings, ...damage],
  };
}

function unread(folder: string, damage: Damage): string {
  const where = `${join(basename(folder), RUN_FILES.records)}, line ${damage.line}`;
  return `${where}: ${damage.problem}; ${damage.lines} line(s) from there on are left out. Run again to compute them`;
}

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
    const { records: _records, ...run } = await readRun(folder);
    return { kind: 'run', ...run };
  } catch (error) {
    if (error instanceof HarnessError) return { kind: 'unreadable', folder, error };
    throw error;
  }
}

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
