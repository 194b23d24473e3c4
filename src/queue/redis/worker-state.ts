/** What a worker says of itself, for progress and `bench queue status`. */
import { z } from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';
import type { Seconds } from '../../core/units.ts';
import { runKeys, WORKERS, workerKey } from './keys.ts';
import type { RedisClient } from './library.ts';

/** Between two words of a worker. */
export const SAID_EVERY: Seconds = 3;
/** A worker that has not said anything for so long is gone. */
const LASTS: Seconds = 15;

const stateSchema = z.strictObject({
  name: z.string(),
  cpu: z.string(),
  cores: z.number(),
  /** In words, such as `computing`. */
  doing: z.string(),
  /** Id of the run that it works on. */
  run: z.string().nullable(),
  /** Since it started. */
  units: z.number(),
  items: z.number(),
  /** In which it computed them. */
  seconds: z.number(),
});
export type WorkerState = DeepReadonly<z.infer<typeof stateSchema>>;

/** In one message, so that what is said next is heard after all of it. */
export async function sayState(redis: RedisClient, state: WorkerState): Promise<void> {
  await redis.multi().sadd(WORKERS, state.name).set(workerKey(state.name), JSON.stringify(state), 'EX', LASTS).exec();
}

export async function sayGone(redis: RedisClient, { name }: Pick<WorkerState, 'name'>): Promise<void> {
  await redis.multi().del(workerKey(name)).srem(WORKERS, name).exec();
}

/** Workers that live, by name; those that are gone are forgotten. */
export async function workerStates(redis: RedisClient): Promise<readonly WorkerState[]> {
  const names = (await redis.smembers(WORKERS)).sort();
  if (names.length === 0) return [];
  const texts = await redis.mget(names.map(workerKey));
  const gone = names.filter((_, i) => texts[i] === null);
  if (gone.length > 0) await redis.srem(WORKERS, ...gone);
  return texts.flatMap((text) => stateSchema.safeParse(JSON.parse(text ?? 'null')).data ?? []);
}

/** For how long workers have said nothing, by name, as the clock of Redis has it. */
export async function silences(redis: RedisClient, names: readonly string[]): Promise<ReadonlyMap<string, Seconds>> {
  const lasting = redis.pipeline();
  for (const name of names) lasting.ttl(workerKey(name));
  const found = (await lasting.exec()) ?? [];
  return new Map(names.map((name, i) => [name, LASTS - Number(found[i]?.[1] ?? 0)]));
}

/** Why workers cannot compute a run, by their names. */
export function refusals(redis: RedisClient, runId: string): Promise<Record<string, string>> {
  return redis.hgetall(runKeys(runId).refused);
}

export async function sayRefused(redis: RedisClient, runId: string, name: string, reason: string): Promise<void> {
  await redis.hset(runKeys(runId).refused, name, reason);
}
