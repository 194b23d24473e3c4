import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HarnessError } from '../core/errors.ts';
import type { RunManifest } from '../core/manifest.ts';
import { canonicalJson } from '../core/text/canonical-json.ts';
import { sha256 } from '../core/text/digest.ts';
import { atomicWrite, syncFolder } from '../files/atomic-write.ts';
import { readIfThere } from '../files/read-if-there.ts';
import { readEnvironment } from './environment-file.ts';
import { type PlannedItem, scanRecords } from './records/record-file.ts';
import { RUN_FILES, runFolder } from './run-folder.ts';
import { acquireLock, type RunLock } from './run-lock.ts';
import { RunWriter } from './run-writer.ts';
import { setAsideEnvironment, setAsideRecords } from './set-aside.ts';
import { type RunWarning, warning } from './warning.ts';

/**
 * Opens the run of a manifest under `out` for writing: makes its folder, or resumes what is there. The folder's name
 * carries the manifest's digest, so another manifest is another folder. Every stored line is verified; from the first
 * bad one on, lines are moved to `records.damaged-<n>.jsonl` and their items are missing again. The caller must close.
 *
 * @param planned all items of the run
 * @throws HarnessError 'store-locked' when another process writes the run, 'store-corrupt' when the folder's manifest
 *   is not the one that its name promises, 'bad-arguments' when the folder cannot be made
 */
export async function openRun(out: string, manifest: RunManifest, planned: readonly PlannedItem[]): Promise<RunWriter> {
  const folder = resolve(runFolder(out, manifest));
  await makeFolder(folder);
  const lock = await acquireLock(folder);
  try {
    await placeManifest(folder, manifest);
    await Promise.all(
      [RUN_FILES.records, RUN_FILES.traces, RUN_FILES.questions, RUN_FILES.summary, RUN_FILES.environment].map((name) =>
        rm(join(folder, `${name}.tmp`), { force: true }),
      ),
    );
    return await resume(folder, manifest, planned, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError('bad-arguments', `expected to make the run's folder ${folder}, found ${found}`, {
      cause,
      hint: 'name a folder that can be written with --out DIR',
    });
  }
}

async function placeManifest(folder: string, manifest: RunManifest): Promise<void> {
  const path = join(folder, RUN_FILES.manifest);
  const expected = canonicalJson(manifest);
  const found = await readIfThere(path);
  if (found === null) {
    await atomicWrite(path, expected);
    await syncFolder(join(folder, '..'));
  } else if (sha256(found) !== sha256(expected)) {
    throw new HarnessError(
      'store-corrupt',
      `${path} is damaged: its SHA-256 is ${sha256(found).slice(0, 12)}…, expected ${sha256(expected).slice(0, 12)}…`,
      { hint: `move ${folder} away and run again, or restore the file` },
    );
  }
}

async function resume(
  folder: string,
  manifest: RunManifest,
  planned: readonly PlannedItem[],
  lock: RunLock,
): Promise<RunWriter> {
  const warnings: RunWarning[] = [];
  if (lock.takenFrom !== null) {
    warnings.push(warning('stale-lock', `process ${lock.takenFrom.pid} ended without closing the run; resumed it`));
  }
  const scan = await scanRecords(join(folder, RUN_FILES.records), planned);
  if (scan.damage !== null) {
    const { line, lines, problem } = scan.damage;
    const moved = await setAsideRecords(folder, scan.goodBytes);
    const message = `${RUN_FILES.records}, line ${line}: ${problem}; moved ${lines} line(s) to ${moved} to compute them again`;
    warnings.push(warning('damaged-records', message));
  }
  const stored = await readEnvironment(folder);
  if (stored.warnings.length > 0) {
    await setAsideEnvironment(folder);
    warnings.push(...stored.warnings);
  }
  return RunWriter.open({ folder, manifest, lock, warnings, records: scan.records, environment: stored.environment });
}
