/** Stored traces, for viewers: no model, tokenizer or data set is needed. */
import type { ItemTrace, TextTrace } from '../core/trace.ts';
import { unpackTrace } from './pack-trace.ts';
import { scanTraces } from './trace-file.ts';

/** One text among those of a run. */
export interface TextKey {
  /** Id of the item. */
  readonly id: string;
  readonly view: string;
  readonly steps: number;
  readonly draw: number;
}

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

/** The steps of one text; null where it has none. */
export async function readTextTrace(folder: string, { id, view, steps, draw }: TextKey): Promise<TextTrace | null> {
  const item = await readItemTrace(folder, id);
  const isWanted = (text: TextTrace) => text.view === view && text.steps === steps && text.draw === draw;
  return item?.texts.find(isWanted) ?? null;
}

/** Ids of the items of a run that have no trace. */
export async function untracedItems(folder: string, items: readonly { readonly id: string }[]): Promise<string[]> {
  const { members } = await scanTraces(folder);
  const traced = new Set(members.map(({ packed }) => packed.id));
  return items.map(({ id }) => id).filter((id) => !traced.has(id));
}
