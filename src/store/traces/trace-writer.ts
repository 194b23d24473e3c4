import { join } from 'node:path';
import type { ItemTrace } from '../../core/trace.ts';
import { type AppendFile, openToAppend } from '../../files/append-file.ts';
import { replaceFile } from '../../files/draft.ts';
import { type RunWarning, warning } from '../environment.ts';
import type { PlannedItem } from '../records/record-file.ts';
import { RUN_FILES } from '../run-folder.ts';
import { scanTraces, traceMember } from './trace-file.ts';

/**
 * Appends traces beside the records of a run whose lock the caller holds. The traces of a unit are stored before its records,
 * so that an item with a record from a traced session has its trace, whenever the session was killed.
 */
export class TraceWriter {
  readonly warnings: readonly RunWarning[];
  readonly #folder: string;
  readonly #file: AppendFile;
  readonly #ids: Set<string>;

  private constructor(folder: string, file: AppendFile, ids: Set<string>, problem: string | null) {
    const message = `${RUN_FILES.traces}, ${problem}; cut the file there, to trace the items again that followed`;
    this.warnings = problem === null ? [] : [warning('damaged-traces', message)];
    this.#folder = folder;
    this.#file = file;
    this.#ids = ids;
  }

  /** Verifies what is stored; what follows the first bad member is cut off: it can be made again. */
  static async open(folder: string, planned: readonly PlannedItem[]): Promise<TraceWriter> {
    const { members, goodBytes, problem } = await scanTraces(folder);
    const known = new Map(planned.map(({ id, index }) => [id, index]));
    const isPlanned = members.every(({ packed }) => known.get(packed.id) === packed.index);
    const file = await openToAppend(join(folder, RUN_FILES.traces), isPlanned ? goodBytes : 0);
    const ids = new Set(isPlanned ? members.map(({ packed }) => packed.id) : []);
    return new TraceWriter(folder, file, ids, isPlanned ? problem : 'holds items of another run');
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Appends those that are not stored yet and waits until the disk has them. */
  async append(traces: readonly ItemTrace[]): Promise<void> {
    const fresh = traces.filter(({ id }) => !this.#ids.has(id));
    await this.#file.append(Buffer.concat(fresh.map(traceMember)));
    for (const { id } of fresh) this.#ids.add(id);
  }

  /** Puts the items into the order of the data set, as records are. Nothing can be appended after it. */
  async seal(): Promise<void> {
    await this.#file.requireThere();
    const { members } = await scanTraces(this.#folder);
    const sorted = [...members].sort((a, b) => a.packed.index - b.packed.index);
    if (sorted.every((member, i) => member === members[i])) return;
    await replaceFile(join(this.#folder, RUN_FILES.traces), Buffer.concat(sorted.map(({ bytes }) => bytes)));
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
