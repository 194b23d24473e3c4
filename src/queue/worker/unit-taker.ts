import { randomUUID } from 'node:crypto';
import type { Job } from 'bullmq';
import type { Seconds } from '../../core/units.ts';
import type { QueueConnection } from '../redis/connect.ts';
import { runKeys } from '../redis/keys.ts';
import type { RedisClient } from '../redis/library.ts';
import type { Reply } from './messages.ts';
import type { Offer } from './offers.ts';

/** Results that nobody takes, of a run that ended meanwhile, go after so long. */
const KEPT: Seconds = 24 * 3600;

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
    for (;;) {
      const job = await this.#offer.taker.getNextJob(this.#token, { block: false });
      if (job?.deferredFailure === undefined) return job ?? null;
      await this.#fail(job, `${job.deferredFailure}: its workers stopped answering`, true);
    }
  }

  /** A result is handed in before its unit is called done, and whoever has the unit by then: another one of it must be the same. */
  async computed(job: Job, compute: () => Promise<Reply>): Promise<Reply> {
    const reply = await this.#locked(job, compute);
    if (reply.kind === 'answered') {
      const { results } = runKeys(this.#offer.id);
      await this.#redis.multi().rpush(results, reply.result).expire(results, KEPT).exec();
      await lostOr(job.moveToCompleted(null, this.#token, false));
    } else if (reply.kind === 'failed' || reply.kind === 'refused') {
      await this.#fail(job, reply.reason, false);
    }
    return reply;
  }

  /** Renewed from this process, which never computes. */
  async #locked(job: Job, compute: () => Promise<Reply>): Promise<Reply> {
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
async function lostOr(settled: Promise<unknown>): Promise<void> {
  try {
    await settled;
  } catch (error) {
    if (!isLost(error)) throw error;
  }
}

/** As scripts of BullMQ say it: no such unit (-1), no lock (-2), not in progress (-3), another one's lock (-6). */
const LOST = [-1, -2, -3, -6];
const isLost = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && LOST.includes(error.code as number);
