/** Stored traces, for viewers: no model, tokenizer or data set is needed. */
import { join } from 'node:path';
import type { ItemTrace } from '../../core/trace.ts';
import { RUN_FILES } from '../run-folder.ts';
import { unpackTrace } from './pack-trace.ts';
import { scanTraces } from './trace-file.ts';

export interface ReadTraces {
  /** By item id, in the order of the file; empty for a run without any. */
  readonly byId: ReadonlyMap<string, ItemTrace>;
  /** What is wrong with the first bad member, from which on traces are left out; null where all are good. */
  readonly problem: string | null;
}

/** The traces of a run. */
export async function readTraces(folder: string): Promise<ReadTraces> {
  const { members, problem } = await scanTraces(folder);
  const byId = new Map(members.map(({ packed }) => [packed.id, unpackTrace(packed)]));
  const where = join(folder, RUN_FILES.traces);
  return { byId, problem: problem === null ? null : `${where}, ${problem}; what follows is left out` };
}

/** Ids of the items of a run that have no trace. */
export async function untracedItems(folder: string, items: readonly { readonly id: string }[]): Promise<string[]> {
  const { members } = await scanTraces(folder);
  const traced = new Set(members.map(({ packed }) => packed.id));
  return items.map(({ id }) => id).filter((id) => !traced.has(id));
}
