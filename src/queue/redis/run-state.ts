/** What a collector says of its run, about once a second, for `bench queue status` and for workers that choose. */
import { z } from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';
import { runKeys } from './keys.ts';
import type { RedisClient } from './library.ts';

const stateSchema = z.strictObject({
  /** Items that this collector was to get. */
  items: z.number(),
  /** Of these, without an answer. */
  left: z.number(),
  /** Units that were answered. */
  units: z.number(),
  /** Over all workers, since it began; null before the first answer. */
  itemsPerSecond: z.number().nullable(),
  /** How often a unit went to another worker, as the one that had it stopped answering. */
  stalled: z.number(),
  /** Workers on it. */
  workers: z.number(),
});
export type RunState = DeepReadonly<z.infer<typeof stateSchema>>;

export async function sayRunState(redis: RedisClient, runId: string, state: RunState): Promise<void> {
  await redis.set(runKeys(runId).state, JSON.stringify(state));
}

/** null where nothing was said yet, or by another version. */
export function parseRunState(text: string | null): RunState | null {
  return stateSchema.safeParse(JSON.parse(text ?? 'null')).data ?? null;
}
