import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunManifest } from '../core/manifest.ts';
import type { ItemRecord } from '../core/record.ts';
import { AppendFile } from '../files/append-file.ts';
import { atomicWrite, syncFolder } from '../files/atomic-write.ts';
import { NO_SESSIONS, type RunEnvironment, type Session } from './environment.ts';
import { writeEnvironment } from './environment-file.ts';
import { parseRecordLine, recordLine } from './records/record-file.ts';
import { RUN_FILES } from './run-folder.ts';
import type { RunLock } from './run-lock.ts';
import type { RunSummary } from './stored-run.ts';
import { summarise } from './summarise.ts';
import type { RunWarning } from './warning.ts';

export interface OpenedRun {
  readonly folder: string;
  readonly manifest: RunManifest;
  readonly lock: RunLock;
  /** What was found and mended while opening. */
  readonly warnings: readonly RunWarning[];
  readonly records: readonly ItemRecord[];
  readonly environment: RunEnvironment;
}

/** The one writer of a run folder, from `openRun` to `close`. Records are appended, never changed. */
export class RunWriter {
  readonly folder: string;
  readonly manifest: RunManifest;
  readonly warnings: readonly RunWarning[];
  readonly #lock: RunLock;
  readonly #file: AppendFile;
  readonly #records: Map<string, ItemRecord>;
  readonly #earlier: readonly Session[];
  #sealed = false;

  private constructor(opened: OpenedRun, file: AppendFile) {
    this.folder = opened.folder;
    this.manifest = opened.manifest;
    this.warnings = opened.warnings;
    this.#lock = opened.lock;
    this.#file = file;
    this.#records = new Map(opened.records.map((record) => [record.id, record]));
    this.#earlier = opened.environment.sessions;
  }

  /** For `openRun`, which has verified what is stored. */
  static async open(opened: OpenedRun): Promise<RunWriter> {
    const file = await AppendFile.open(join(opened.folder, RUN_FILES.records));
    await syncFolder(opened.folder);
    return new RunWriter(opened, file);
  }

  /** Stored records by item id. */
  get records(): ReadonlyMap<string, ItemRecord> {
    return this.#records;
  }

  /** Sessions before this one. */
  get earlierSessions(): readonly Session[] {
    return this.#earlier;
  }

  /**
   * Appends the records of one unit and waits until the disk has them. After an error (a full disk, say) the file is as
   * it was before the call.
   */
  async append(records: readonly ItemRecord[]): Promise<void> {
    if (this.#sealed) throw new RangeError('RunWriter: the run is sealed; open it again to append');
    const repeated = records.find(({ id }) => this.#records.has(id));
    if (repeated !== undefined) throw new RangeError(`RunWriter: item ${repeated.id} is stored already`);
    await this.#file.append(Buffer.from(records.map(recordLine).join('')));
    for (const record of records) this.#records.set(record.id, record);
  }

  /** Writes where and how fast the current session works; earlier sessions are kept. */
  async writeSession(session: Session): Promise<void> {
    await writeEnvironment(this.folder, { ...NO_SESSIONS, sessions: [...this.#earlier, session] });
  }

  /**
   * Puts the lines into the order of the data set, so that a run's bytes do not depend on the order in which its items
   * were computed, and writes the summary. For the end of a session; nothing can be appended after it.
   */
  async seal(): Promise<RunSummary> {
    this.#sealed = true;
    const path = join(this.folder, RUN_FILES.records);
    const records = [...this.#records.values()];
    if (records.some((record, i) => i > 0 && record.index < (records[i - 1] as ItemRecord).index)) {
      await atomicWrite(path, sortedLines(await readFile(path)));
    }
    const summary = summarise(this.manifest, records);
    await atomicWrite(join(this.folder, RUN_FILES.summary), `${JSON.stringify(summary, null, 2)}\n`);
    return summary;
  }

  /** Releases the run. Everything appended stays. */
  async close(): Promise<void> {
    await this.#file.close();
    await this.#lock.release();
  }
}

/** The same lines, as they are, by item index. */
function sortedLines(bytes: Buffer): Buffer {
  const lines: { readonly index: number; readonly line: Buffer }[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start);
    const parsed = parseRecordLine(bytes.subarray(start, end));
    if (parsed.kind === 'damaged') throw new RangeError(`RunWriter: line ${lines.length + 1}: ${parsed.problem}`);
    lines.push({ index: parsed.record.index, line: bytes.subarray(start, end + 1) });
    start = end + 1;
  }
  return Buffer.concat(lines.sort((a, b) => a.index - b.index).map(({ line }) => line));
}
