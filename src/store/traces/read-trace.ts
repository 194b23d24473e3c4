/** Stored traces, for viewers: no model, tokenizer or data set is needed. */
import type { ItemTrace } from '../../core/trace.ts';
import { unpackTrace } from './pack-trace.ts';
import { scanTraces } from './trace-file.ts';

/**
 * The traces of a run by item id, in the order of the file; empty for a run without any. Members from the first bad one on are
 * left out.
 */
export async function readTraces(folder: string): Promise<ReadonlyMap<string, ItemTrace>> {
  const { members } = await scanTraces(folder);
  return new Map(members.map(({ packed }) => [packed.id, unpackTrace(packed)]));
}

/** The traces of one item; null where it has none. */
export async function readItemTrace(folder: string, id: string): Promise<ItemTrace | null> {
  const { members } = await scanTraces(folder);
  const member = members.find(({ packed }) => packed.id === id);
  return member === undefined ? null : unpackTrace(member.packed);
}

/** Ids of the items of a run that have no trace. */
export async function untracedItems(folder: string, items: readonly { readonly id: string }[]): Promise<string[]> {
  const { members } = await scanTraces(folder);
  const traced = new Set(members.map(({ packed }) => packed.id));
  return items.map(({ id }) => id).filter((id) => !traced.has(id));
}
