import { randomUUID } from 'node:crypto';
import type { Job } from 'bullmq';
import type { QueueConnection } from '../redis/connect.ts';
import { runKeys } from '../redis/keys.ts';
import type { Reply } from './messages.ts';
import type { Offer } from './offers.ts';

/** Takes units of a run, keeps their locks while they are computed, and hands in what came of them. */
export function unitTaker({ redis, bullmq }: QueueConnection, { id: run, plan, taker }: Offer, worker: string) {
  const token = randomUUID();
  const waiting = async (): Promise<Job | null> => (await taker.getNextJob(token, { block: false })) ?? null;
  const fail = async (job: Job, reason: string, isFinal: boolean): Promise<void> => {
    const said = `${reason} (try ${job.attemptsMade + 1}, on ${worker})`;
    const error = isFinal ? new bullmq.UnrecoverableError(said) : new Error(said);
    await lostOr(job.moveToFailed(error, token, false));
  };
  /** The unit, or the next one where it has lost too many workers. */
  const fitting = async (taken: Job | null): Promise<Job | null> => {
    for (let job = taken; ; job = await waiting()) {
      if (job?.deferredFailure === undefined) return job;
      await fail(job, `${job.deferredFailure}: its workers stopped answering`, true);
    }
  };
  return {
    /** null where none waits. */
    next: async (): Promise<Job | null> => fitting(await waiting()),
    /**
     * A result is handed in before its unit is called done, and whoever has the unit by then: another one of it must be the same. Redis
     * does what it is sent in that order, so nothing waits in between.
     *
     * @param takesNext whether the next unit is taken with the same message
     * @returns the next unit; null where none is taken
     */
    async handIn(job: Job, reply: Reply, takesNext: boolean): Promise<Job | null> {
      if (reply.kind !== 'answered') {
        if (reply.kind !== 'ready') await fail(job, reply.reason, false);
        return null;
      }
      const [, next] = await Promise.all([
        redis.rpush(runKeys(run).results, reply.result),
        lostOr(job.moveToCompleted(null, token, takesNext)),
      ]);
      const [data = null, id = ''] = next ?? [];
      return fitting(data === null ? null : bullmq.Job.fromJSON(taker, data, id));
    },
    /** Renewed from this process, which never computes. */
    async locked(job: Job, compute: () => Promise<Reply>): Promise<Reply> {
      const lock = 1000 * plan.lockSeconds;
      const renew = () => void job.extendLock(token, lock).catch(() => {});
      const timer = setInterval(renew, lock / 4);
      try {
        return await compute();
      } finally {
        clearInterval(timer);
      }
    },
  };
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
