import { randomUUID } from 'node:crypto';
import type { Job } from 'bullmq';
import type { QueueConnection } from '../redis/connect.ts';
import { runKeys } from '../redis/keys.ts';
import type { RedisClient } from '../redis/library.ts';
import type { Reply } from './messages.ts';
import type { Offer } from './offers.ts';

/** Takes units of a run, keeps their locks while they are computed, and hands in what came of them. */
export class UnitTaker {
  readonly #redis: RedisClient;
  readonly #bullmq: QueueConnection['bullmq'];
  readonly #offer: Offer;
  readonly #worker: string;
  readonly #token = randomUUID();

  constructor({ redis, bullmq }: QueueConnection, offer: Offer, worker: string) {
    this.#redis = redis;
    this.#bullmq = bullmq;
    this.#offer = offer;
    this.#worker = worker;
  }

  /** null where none waits. */
  async next(): Promise<Job | null> {
    return this.#fit((await this.#offer.taker.getNextJob(this.#token, { block: false })) ?? null);
  }

  /**
   * A result is handed in before its unit is called done, and whoever has the unit by then: another one of it must be the same. Redis does
   * what it is sent in that order, so nothing waits in between.
   *
   * @param takesNext whether the next unit is taken with the same message
   * @returns the next unit; null where none is taken
   */
  async handIn(job: Job, reply: Reply, takesNext: boolean): Promise<Job | null> {
    if (reply.kind !== 'answered') {
      if (reply.kind !== 'ready') await this.#fail(job, reply.reason, false);
      return null;
    }
    const { results } = runKeys(this.#offer.id);
    const [, next] = await Promise.all([
      this.#redis.rpush(results, reply.result),
      lostOr(job.moveToCompleted(null, this.#token, takesNext)),
    ]);
    const [data = null, id = ''] = next ?? [];
    return this.#fit(data === null ? null : this.#bullmq.Job.fromJSON(this.#offer.taker, data, id));
  }

  /** The unit, or the next one where it has lost too many workers. */
  async #fit(taken: Job | null): Promise<Job | null> {
    for (let job = taken; ; job = (await this.#offer.taker.getNextJob(this.#token, { block: false })) ?? null) {
      if (job?.deferredFailure === undefined) return job;
      await this.#fail(job, `${job.deferredFailure}: its workers stopped answering`, true);
    }
  }

  /** Renewed from this process, which never computes. */
  async locked(job: Job, compute: () => Promise<Reply>): Promise<Reply> {
    const lock = 1000 * this.#offer.plan.lockSeconds;
    const renew = () => void job.extendLock(this.#token, lock).catch(() => {});
    const timer = setInterval(renew, lock / 4);
    try {
      return await compute();
    } finally {
      clearInterval(timer);
    }
  }

  async #fail(job: Job, reason: string, isFinal: boolean): Promise<void> {
    const { UnrecoverableError } = this.#bullmq;
    const said = `${reason} (try ${job.attemptsMade + 1}, on ${this.#worker})`;
    const error = isFinal ? new UnrecoverableError(said) : new Error(said);
    await lostOr(job.moveToFailed(error, this.#token, false));
  }
}

/** Another worker has the unit, or nobody waits for it any more. */
async function lostOr<Settled>(settled: Promise<Settled>): Promise<Settled | null> {
  try {
    return await settled;
  } catch (error) {
    if (!isLost(error)) throw error;
    return null;
  }
}

/** As scripts of BullMQ say it: no such unit (-1), no lock (-2), not in progress (-3), another one's lock (-6). */
const LOST = [-1, -2, -3, -6];
const isLost = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && LOST.includes(error.code as number);
