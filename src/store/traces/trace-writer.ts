import { join } from 'node:path';
import type { ItemTrace } from '../../core/trace.ts';
import { openToAppend } from '../../files/append-file.ts';
import { replaceFile } from '../../files/draft.ts';
import { warning } from '../environment.ts';
import type { PlannedItem } from '../records/record-file.ts';
import { RUN_FILES } from '../run-folder.ts';
import { scanTraces, traceMember } from './trace-file.ts';

export type TraceWriter = Awaited<ReturnType<typeof openTraces>>;

/**
 * Appends traces beside the records of a run whose lock the caller holds. The traces of a unit are stored before its records,
 * so that an item with a record from a traced session has its trace, whenever the session was killed. What is stored is
 * verified; what follows the first bad member is cut off: it can be made again.
 */
export async function openTraces(folder: string, planned: readonly PlannedItem[]) {
  const path = join(folder, RUN_FILES.traces);
  const { members, goodBytes, problem } = await scanTraces(folder);
  const known = new Map(planned.map(({ id, index }) => [id, index]));
  const isPlanned = members.every(({ packed }) => known.get(packed.id) === packed.index);
  const file = await openToAppend(path, isPlanned ? goodBytes : 0);
  const ids = new Set(isPlanned ? members.map(({ packed }) => packed.id) : []);
  const found = isPlanned ? problem : 'holds items of another run';
  const message = `${RUN_FILES.traces}, ${found}; cut the file there, to trace the items again that followed`;
  return {
    warnings: found === null ? [] : [warning('damaged-traces', message)],
    has: (id: string) => ids.has(id),
    close: () => file.close(),
    /** Appends those that are not stored yet and waits until the disk has them. */
    async append(traces: readonly ItemTrace[]): Promise<void> {
      const fresh = traces.filter(({ id }) => !ids.has(id));
      await file.append(Buffer.concat(fresh.map(traceMember)));
      for (const { id } of fresh) ids.add(id);
    },
    /** Puts the items into the order of the data set, as records are. Nothing can be appended after it. */
    async seal(): Promise<void> {
      await file.requireThere();
      const { members: stored } = await scanTraces(folder);
      const sorted = stored.toSorted((a, b) => a.packed.index - b.packed.index);
      if (sorted.every((member, i) => member === stored[i])) return;
      await replaceFile(path, Buffer.concat(sorted.map(({ bytes }) => bytes)));
    },
  };
}
