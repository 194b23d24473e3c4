import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import { responseSchema } from './response.ts';
import { scoreSchema } from './score.ts';

/** The stored result of one item. Nothing in it depends on time, machine load or the other items. */
export const recordSchema = z.strictObject({
  id: z.string(),
  index: z.int().nonnegative(),
  /** Items with the same name belong together, such as holes of one program; of no item where the task names no clusters, as of old runs. */
  cluster: z.string().exactOptional(),
  score: scoreSchema,
  response: responseSchema,
});

export type ItemRecord = DeepReadonly<z.infer<typeof recordSchema>>;

/** What an item computed again is held against: a record of the time before clusters were named is equal to one with a name. */
export function asStored(again: ItemRecord, stored: ItemRecord): ItemRecord {
  if (stored.cluster !== undefined) return again;
  const { cluster: _name, ...record } = again;
  return record;
}
