import type { Job, Queue, Worker } from 'bullmq';
import type { Milliseconds } from '../../core/units.ts';
import type { QueuePlan } from '../plan.ts';
import type { QueueConnection } from '../redis/connect.ts';
import { PREFIX, queueName, RUNS, runKeys } from '../redis/keys.ts';
import type { RedisClient } from '../redis/library.ts';
import type { HandedUnit } from '../unit.ts';
import { LEAST_BLAMED } from './losses.ts';

/** A unit whose computation throws, or ends its process, is tried so often. */
export const TRIES = 3;

/** Units added at once. */
const BATCH = 1000;

/** A unit that could not be computed. */
export interface FailedUnit extends HandedUnit {
  readonly reason: string;
}

/** The queue of one run, as its collector sees it. */
export class RunQueue {
  readonly #connection: QueueConnection;
  readonly #id: string;
  readonly #plan: QueuePlan;
  readonly #queue: Queue;
  /** Looks for units whose worker no longer answers. */
  readonly #keeper: Worker;
  /** A connection that waits for results, and can do nothing else meanwhile. */
  readonly #waiter: RedisClient;
  /** Results that are stored and still in Redis, the first ones there. */
  #stored = 0;

  /** @param onStalled told the name of a unit that goes to another worker */
  constructor(connection: QueueConnection, id: string, plan: QueuePlan, onStalled: (unit: string) => void) {
    const { bullmq, redis } = connection;
    const lock = 1000 * plan.lockSeconds;
    const shared = { connection: redis, prefix: PREFIX };
    this.#connection = connection;
    this.#id = id;
    this.#plan = plan;
    const defaultJobOptions = { attempts: TRIES, removeOnComplete: true };
    this.#queue = new bullmq.Queue(queueName(id), { ...shared, defaultJobOptions });
    const stalls = { maxStalledCount: LEAST_BLAMED, stalledInterval: lock / 2, lockDuration: lock };
    this.#keeper = new bullmq.Worker(queueName(id), null, { ...shared, ...stalls, autorun: false });
    this.#keeper.on('stalled', onStalled);
    this.#waiter = redis.duplicate();
    // All wait for Redis to come back.
    this.#waiter.on('error', () => {});
    this.#keeper.on('error', () => {});
    this.#queue.on('error', () => {});
  }

  /** How often a unit may lose its worker: the next time it fails. BullMQ reads it at every look. */
  allowLosses(most: number): void {
    this.#keeper.opts.maxStalledCount = most;
  }

  /** Says that the run is there, and looks after its units from now on. Redis may have lost it since. */
  async announce(): Promise<void> {
    const { redis } = this.#connection;
    await redis.set(runKeys(this.#id).plan, JSON.stringify(this.#plan));
    await redis.sadd(RUNS, this.#id);
    await this.#keeper.startStalledCheckTimer();
  }

  /** Hands out units; those that are handed out already stay as they are. */
  async offer(units: readonly HandedUnit[]): Promise<void> {
    const jobs = units.map(({ id, from, count }) => ({ name: 'unit', data: { from, count }, opts: { jobId: id } }));
    for (let at = 0; at < jobs.length; at += BATCH) await this.#queue.addBulk(jobs.slice(at, at + BATCH));
  }

  /** Takes a unit back. @returns whether it did: false where a worker has it */
  async withdraw({ id }: HandedUnit): Promise<boolean> {
    return (await this.#queue.remove(id)) === 1;
  }

  /** Units that wait or are with a worker. */
  async handedOut(): Promise<readonly HandedUnit[]> {
    return (await this.#queue.getJobs(['waiting', 'active'])).map(unitOfJob);
  }

  /** Units that Redis holds, computed ones whose result is not taken included, and those with a worker. */
  async counts(): Promise<{ readonly held: number; readonly active: number }> {
    const counts = await this.#queue.getJobCounts('waiting', 'active', 'failed', 'delayed', 'prioritized');
    // A unit is called done after its result was handed in, so none is missed between the two looks.
    const results = await this.#connection.redis.llen(runKeys(this.#id).results);
    const held = Object.values(counts).reduce((sum, count) => sum + count, results - this.#stored);
    return { held, active: counts.active ?? 0 };
  }

  /** Results that are not taken yet, at most `most`. Those that are stored go with the same message. */
  async results(most: number): Promise<readonly string[]> {
    const { results } = runKeys(this.#id);
    const { redis } = this.#connection;
    if (this.#stored === 0) return await redis.lrange(results, 0, most - 1);
    const both = redis
      .multi()
      .ltrim(results, this.#stored, -1)
      .lrange(results, 0, most - 1);
    // If the connection breaks while this is answered, those that are stored may come again, and are compared.
    this.#stored = 0;
    const said = await both.exec().catch(() => null);
    return (said?.[1]?.[1] ?? []) as readonly string[];
  }

  /** The first result, as soon as there is one, where all that were there are stored and gone; none comes for so long: null. */
  async nextResult(within: Milliseconds): Promise<string | null> {
    const { results } = runKeys(this.#id);
    // To the place where it was: it is still there if this process dies before it is stored.
    return await this.#waiter.blmove(results, results, 'LEFT', 'LEFT', within / 1000);
  }

  /** So many of the first results are stored. */
  taken(count: number): void {
    this.#stored += count;
  }

  async failed(): Promise<readonly FailedUnit[]> {
    const jobs = await this.#queue.getJobs(['failed'], 0, BATCH);
    return jobs.map((job) => ({ ...unitOfJob(job), reason: job.failedReason }));
  }

  async forget({ id }: FailedUnit): Promise<void> {
    await this.#queue.remove(id);
  }

  async isDrained(): Promise<boolean> {
    return (await this.#connection.redis.exists(runKeys(this.#id).drained)) === 1;
  }

  /** Collecting again takes back that it was to end. */
  async undrain(): Promise<void> {
    await this.#connection.redis.del(runKeys(this.#id).drained);
  }

  /** Nothing of the run is left in Redis. */
  async remove(): Promise<void> {
    await removeRun(this.#connection, this.#id, this.#queue);
    this.#stored = 0;
  }

  async close(): Promise<void> {
    this.#waiter.disconnect();
    if (this.#stored > 0) await this.results(1);
    await Promise.all([this.#keeper.close(), this.#queue.close()]);
  }
}

/** What `offer` put there. */
export const unitOfJob = ({ id = '', data }: Job): HandedUnit => ({ id, from: data.from, count: data.count });

/** Takes a run out of Redis, whatever state it is in. */
export async function removeRun({ redis }: QueueConnection, id: string, queue: Queue): Promise<void> {
  await redis.srem(RUNS, id);
  await queue.obliterate({ force: true });
  const { collector: _released, ...keys } = runKeys(id);
  await redis.del(...Object.values(keys));
}
