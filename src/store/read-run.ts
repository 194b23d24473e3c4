import { basename, join } from 'node:path';
import type { RunManifest } from '../core/manifest.ts';
import type { ItemRecord } from '../core/record.ts';
import { type RunEnvironment, readEnvironment } from './environment-file.ts';
import { readManifest } from './read-manifest.ts';
import { type Damage, scanRecords } from './records/scan-records.ts';
import { RUN_FILES, runId } from './run-folder.ts';
import { type RunSummary, summarise } from './summarise.ts';
import { type RunWarning, warning } from './warning.ts';

/** A run as it is stored. Nothing here needs a model, a data set or the machine that made it. */
export interface StoredRun {
  readonly folder: string;
  readonly runId: string;
  readonly manifest: RunManifest;
  /** In the order of the data set. */
  readonly records: readonly ItemRecord[];
  /** Recomputed from the records; `summary.json` is not read. */
  readonly summary: RunSummary;
  readonly environment: RunEnvironment;
  /** What the sessions of the run noted, then what this reading found. */
  readonly warnings: readonly RunWarning[];
}

/**
 * Reads a run folder without changing or locking it; a run in progress can be read. Damaged records are left out with a
 * warning, as the next resume will compute them again.
 *
 * @param keep what to keep of each record: most of a large run's memory is in responses that few readers need
 * @throws HarnessError 'store-corrupt' when the manifest is missing or damaged, 'not-supported' on another format
 */
export async function readRun(folder: string, keep?: (record: ItemRecord) => ItemRecord): Promise<StoredRun> {
  const manifest = await readManifest(folder);
  const scan = await scanRecords(join(folder, RUN_FILES.records), null, keep);
  const { environment, warnings } = await readEnvironment(folder);
  const records = [...scan.records].sort((a, b) => a.index - b.index);
  const found = scan.damage === null ? [] : [warning('damaged-records', unread(folder, scan.damage))];
  return {
    folder,
    runId: runId(manifest),
    manifest,
    records,
    summary: summarise(manifest, records),
    environment,
    warnings: [...environment.sessions.flatMap((session) => session.warnings), ...warnings, ...found],
  };
}

function unread(folder: string, damage: Damage): string {
  const where = `${join(basename(folder), RUN_FILES.records)}, line ${damage.line}`;
  return `${where}: ${damage.problem}; ${damage.lines} line(s) from there on are left out. Run again to compute them`;
}
