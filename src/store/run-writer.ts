import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HarnessError } from '../core/errors.ts';
import { type RunManifest, underFormerNames } from '../core/manifest.ts';
import type { ItemRecord } from '../core/record.ts';
import { canonicalJson } from '../core/text/canonical-json.ts';
import { sha256 } from '../core/text/digest.ts';
import type { Bytes } from '../core/units.ts';
import { type AppendFile, openToAppend } from '../files/append-file.ts';
import { makeFolder, replaceFile, syncFolder } from '../files/draft.ts';
import { acquireLock, type FolderLock } from '../files/folder-lock.ts';
import { readIfThere, readLine } from '../files/read-line.ts';
import { isSystemError, systemWords } from '../files/system-error.ts';
import { knownClusters } from './cluster-names.ts';
import { NO_SESSIONS, type RunWarning, type Session, warning } from './environment.ts';
import { readEnvironment, writeEnvironment } from './environment-file.ts';
import { summedPart } from './records/kept-part.ts';
import {
  type PlannedItem,
  parseRecordLine,
  type RecordScan,
  recordLine,
  scanRecords,
  sortedLines,
} from './records/record-file.ts';
import { isRun, RUN_FILES, runFolder, runId } from './run-folder.ts';
import { setAsideEnvironment, setAsideRecords } from './set-aside.ts';
import type { RunSummary } from './stored-run.ts';
import { summarise } from './summarise.ts';

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
  const stored = await asStored(out, manifest);
  const folder = resolve(runFolder(out, stored));
  await makeRunFolder(folder);
  const lock = await acquireLock(folder);
  try {
    await placeManifest(folder, stored);
    return await resume(folder, manifest, runId(stored), planned, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** A run that lies here under a former name goes on there. */
async function asStored(out: string, manifest: RunManifest): Promise<RunManifest> {
  const former = underFormerNames(manifest);
  if (former === null) return manifest;
  return (await isRun(runFolder(out, former))) ? former : manifest;
}

async function makeRunFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    const { found } = systemWords(cause);
    throw new HarnessError('bad-arguments', `cannot make the run's folder ${folder}: ${found}`, {
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
    await replaceFile(path, expected);
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
  identity: string,
  planned: readonly PlannedItem[],
  lock: FolderLock,
): Promise<RunWriter> {
  const warnings: RunWarning[] = [];
  if (lock.takenFrom !== null) {
    warnings.push(warning('stale-lock', `process ${lock.takenFrom.pid} ended without closing the run; resumed it`));
  }
  const scan = await scanRecords(join(folder, RUN_FILES.records), planned, summedPart);
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
  const file = await openToAppend(join(folder, RUN_FILES.records));
  await syncFolder(folder);
  const { sessions } = stored.environment;
  return new RunWriter({ folder, manifest, runId: identity, lock, file, warnings, earlierSessions: sessions }, scan);
}

interface OpenedRun {
  readonly folder: string;
  readonly manifest: RunManifest;
  /** The digest of the manifest in the folder. */
  readonly runId: string;
  readonly lock: FolderLock;
  readonly file: AppendFile;
  /** What was found and mended while opening. */
  readonly warnings: readonly RunWarning[];
  readonly earlierSessions: readonly Session[];
}

/** The one writer of a run folder, from `openRun` to `close`. Records are appended, never changed. */
export class RunWriter {
  readonly folder: string;
  readonly warnings: readonly RunWarning[];
  /** Sessions before this one. */
  readonly earlierSessions: readonly Session[];
  readonly #run: OpenedRun;
  readonly #records: Map<string, ItemRecord>;
  /** Where the line of each item begins. */
  readonly #starts: Map<string, Bytes>;
  #sealed = false;

  /** For `openRun`, which has verified what is stored. */
  constructor(run: OpenedRun, { records, starts }: Pick<RecordScan, 'records' | 'starts'>) {
    this.folder = run.folder;
    this.warnings = run.warnings;
    this.earlierSessions = run.earlierSessions;
    this.#run = run;
    this.#records = new Map(records.map((record) => [record.id, record]));
    this.#starts = new Map(records.map(({ id }, i) => [id, starts[i] as Bytes]));
  }

  /** What sums read of the stored records, by item id: a long run's responses would not fit in memory. */
  get records(): ReadonlyMap<string, ItemRecord> {
    return this.#records;
  }

  /**
   * Appends the records of one unit and waits until the disk has them. After an error (a full disk, say) the file is as
   * it was before the call.
   */
  async append(records: readonly ItemRecord[]): Promise<void> {
    if (this.#sealed) throw new RangeError('RunWriter: the run is sealed; open it again to append');
    const repeated = records.find(({ id }) => this.#records.has(id));
    if (repeated !== undefined) throw new RangeError(`RunWriter: item ${repeated.id} is stored already`);
    const lines = records.map((record) => Buffer.from(recordLine(record)));
    let start = this.#run.file.bytes();
    await this.#run.file.append(Buffer.concat(lines));
    records.forEach((record, i) => {
      this.#records.set(record.id, summedPart(record));
      this.#starts.set(record.id, start);
      start += (lines[i] as Buffer).length;
    });
  }

  /**
   * The whole record of a stored item, until the run is sealed; null where it has none.
   *
   * @throws HarnessError 'store-corrupt' where its line is not what was written
   */
  async whole(id: string): Promise<ItemRecord | null> {
    const start = this.#starts.get(id);
    if (start === undefined) return null;
    const path = join(this.folder, RUN_FILES.records);
    const parsed = parseRecordLine(await readLine(path, start));
    if (parsed.kind === 'record') return parsed.record;
    throw new HarnessError('store-corrupt', `${path}, item ${id}: ${parsed.problem}`, {
      hint: 'repeat the command: it computes again what is damaged, and leave the folder alone meanwhile',
    });
  }

  /** Writes where and how fast the current session works; earlier sessions are kept. */
  async writeSession(session: Session): Promise<void> {
    await writeEnvironment(this.folder, { ...NO_SESSIONS, sessions: [...this.earlierSessions, session] });
  }

  /**
   * Puts the lines into the order of the data set, so that a run's bytes do not depend on the order in which its items
   * were computed, and writes the summary. For the end of a session; nothing can be appended after it.
   */
  async seal(): Promise<RunSummary> {
    this.#sealed = true;
    await this.#run.file.requireThere();
    const path = join(this.folder, RUN_FILES.records);
    const records = [...this.#records.values()];
    if (records.some((record, i) => i > 0 && record.index < (records[i - 1] as ItemRecord).index)) {
      await replaceFile(path, sortedLines(await readFile(path)));
    }
    const summary = { ...summarise(this.#run.manifest, knownClusters(records).items), runId: this.#run.runId };
    await replaceFile(join(this.folder, RUN_FILES.summary), `${JSON.stringify(summary, null, 2)}\n`);
    return summary;
  }

  /** Releases the run. Everything appended stays. */
  async close(): Promise<void> {
    await this.#run.file.close();
    await this.#run.lock.release();
  }
}
