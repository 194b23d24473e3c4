import type { Worker } from 'bullmq';
import { getOrInsert } from '../../core/collect.ts';
import type { Seconds } from '../../core/units.ts';
import { parsePlan, type QueuePlan } from '../plan.ts';
import type { QueueConnection } from '../redis/connect.ts';
import { PREFIX, queueName, RUNS, runKeys } from '../redis/keys.ts';
import type { RedisClient } from '../redis/library.ts';
import { parseRunState } from '../redis/run-state.ts';
import { sayRefused } from '../redis/worker-state.ts';
import { chooseRun, type OpenRun } from './choose-run.ts';

/** A run that has units to compute. */
export interface Offer {
  readonly id: string;
  readonly plan: QueuePlan;
  /** Takes units of it. */
  readonly taker: Worker;
}

/** Results that nobody takes, of a run that ended meanwhile, go after so long. */
const KEPT: Seconds = 24 * 3600;

/** The runs in Redis, as a worker sees them. @param worker its name */
export function offersIn(connection: QueueConnection, worker: string) {
  const { redis } = connection;
  /** Until they are gone from Redis. */
  const refused = new Set<string>();
  /** Of the runs that are in Redis; null where another version of bench collects. */
  const plans = new Map<string, QueuePlan | null>();
  const takers = new Map<string, Worker>();
  /** A taker holds a connection: those of runs that have ended are closed. */
  const forgetOthers = async (ids: ReadonlySet<string>): Promise<void> => {
    for (const id of plans.keys()) if (!ids.has(id)) plans.delete(id);
    for (const id of refused) if (!ids.has(id)) refused.delete(id);
    for (const [id, taker] of takers) {
      if (ids.has(id)) continue;
      takers.delete(id);
      await taker.close();
    }
  };
  /** undefined where Redis does not have it. */
  const planOf = async (id: string): Promise<QueuePlan | null | undefined> => {
    const known = plans.get(id);
    if (known !== undefined) return known;
    const text = await redis.get(runKeys(id).plan);
    if (text === null) return undefined;
    const plan = parsePlan(text);
    plans.set(id, plan);
    return plan;
  };
  /** This worker takes no units of a run, and says so. */
  const refuse = async (id: string, reason: string): Promise<void> => {
    refused.add(id);
    await sayRefused(redis, id, worker, reason);
  };
  return {
    refuse,
    /**
     * The run to work on next, as `chooseRun` says, among those that are collected and not refused.
     *
     * @param loaded digest of the weights that are loaded
     */
    async next(loaded: string | null): Promise<Offer | null> {
      const ids = await redis.smembers(RUNS);
      await forgetOthers(new Set(ids));
      const open: OpenRun[] = [];
      for (const id of ids.filter((each) => !refused.has(each))) {
        const plan = await planOf(id);
        if (plan === undefined) continue;
        if (plan === null) await refuse(id, ANOTHER_VERSION);
        else open.push({ id, model: plan.manifest.model.weightsDigest, ...(await waitingIn(redis, id)) });
      }
      const { id = '' } = chooseRun(open, loaded) ?? {};
      const plan = plans.get(id) ?? null;
      return plan === null ? null : { id, plan, taker: getOrInsert(takers, id, () => openTaker(connection, id, plan)) };
    },
    close: () => forgetOthers(new Set()),
  };
}

export type Offers = ReturnType<typeof offersIn>;

function openTaker({ redis, bullmq }: QueueConnection, id: string, { lockSeconds }: QueuePlan): Worker {
  const options = { connection: redis, prefix: PREFIX, autorun: false, lockDuration: 1000 * lockSeconds };
  const taker = new bullmq.Worker(queueName(id), null, options);
  taker.on('error', () => {});
  return taker;
}

/** Somebody stores what is computed for a run. Asked between units now and then, and after the last one. */
export async function isCollected({ redis }: QueueConnection, { id }: Pick<Offer, 'id'>): Promise<boolean> {
  const { collector, drained, results } = runKeys(id);
  const kept = redis.expire(results, KEPT);
  const [lives = null, ends = null] = await redis.mget(collector, drained);
  await kept;
  return lives !== null && ends === null;
}

/** In one look; none where nobody collects, or the run is paused. */
async function waitingIn(redis: RedisClient, id: string): Promise<Pick<OpenRun, 'waiting' | 'workers'>> {
  const { collector, drained, state } = runKeys(id);
  const of = `${PREFIX}:${queueName(id)}`;
  const looked = await redis
    .multi()
    .mget(collector, drained, state)
    .hexists(`${of}:meta`, 'paused')
    .llen(`${of}:wait`)
    .exec()
    .catch(() => null);
  // The connection broke while this was answered.
  if (looked === null) return { waiting: 0, workers: 0 };
  const [[, texts], [, isPaused], [, waiting]] = looked as [
    [null, [string | null, string | null, string | null]],
    [null, number],
    [null, number],
  ];
  const [lives, ends, said] = texts;
  const isOpen = lives !== null && ends === null && isPaused === 0;
  return { waiting: isOpen ? waiting : 0, workers: parseRunState(said)?.workers ?? 0 };
}

const ANOTHER_VERSION = 'another version of bench collects it';
