import type { Job, Queue, Worker } from 'bullmq';
import type { QueuePlan } from '../plan.ts';
import type { QueueConnection } from '../redis/connect.ts';
import { PREFIX, queueName, RUNS, runKeys } from '../redis/keys.ts';
import type { HandedUnit } from '../unit.ts';

/** A unit whose computation throws, or ends its process, is tried so often. */
export const TRIES = 3;
/** A unit may lose its worker so often: machines that go away are no fault of it. */
export const MOST_STALLS = 10;

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

  /** @param onStalled told of a unit that goes to another worker */
  constructor(connection: QueueConnection, id: string, plan: QueuePlan, onStalled: () => void) {
    const { bullmq, redis } = connection;
    const lock = 1000 * plan.lockSeconds;
    const shared = { connection: redis, prefix: PREFIX };
    this.#connection = connection;
    this.#id = id;
    this.#plan = plan;
    const defaultJobOptions = { attempts: TRIES, removeOnComplete: true };
    this.#queue = new bullmq.Queue(queueName(id), { ...shared, defaultJobOptions });
    const stalls = { maxStalledCount: MOST_STALLS, stalledInterval: lock / 2, lockDuration: lock };
    this.#keeper = new bullmq.Worker(queueName(id), null, { ...shared, ...stalls, autorun: false });
    this.#keeper.on('stalled', onStalled);
    // Both wait for Redis to come back.
    this.#keeper.on('error', () => {});
    this.#queue.on('error', () => {});
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

  /** Units that Redis holds, computed ones whose result waits included, and those with a worker. */
  async counts(): Promise<{ readonly held: number; readonly active: number }> {
    const counts = await this.#queue.getJobCounts('waiting', 'active', 'failed', 'delayed', 'prioritized');
    // A unit is called done after its result was handed in, so none is missed between the two looks.
    const results = await this.#connection.redis.llen(runKeys(this.#id).results);
    return { held: Object.values(counts).reduce((sum, count) => sum + count, results), active: counts.active ?? 0 };
  }

  /** Results that are not taken yet, at most `most`. */
  results(most: number): Promise<string[]> {
    return this.#connection.redis.lrange(runKeys(this.#id).results, 0, most - 1);
  }

  /** The first `count` results are stored. */
  async taken(count: number): Promise<void> {
    await this.#connection.redis.ltrim(runKeys(this.#id).results, count, -1);
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
  }

  async close(): Promise<void> {
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
