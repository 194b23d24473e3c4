import type { Worker } from 'bullmq';
import { parsePlan, type QueuePlan } from '../plan.ts';
import type { QueueConnection } from '../redis/connect.ts';
import { PREFIX, queueName, RUNS, runKeys } from '../redis/keys.ts';
import { workerStates } from '../redis/worker-state.ts';

/** A run that has units to compute. */
export interface Offer {
  readonly id: string;
  readonly plan: QueuePlan;
  /** Takes units of it. */
  readonly taker: Worker;
}

/** The runs in Redis, as a worker sees them. */
export class Offers {
  readonly #connection: QueueConnection;
  readonly #takers = new Map<string, Worker>();

  constructor(connection: QueueConnection) {
    this.#connection = connection;
  }

  /**
   * The run to work on next: of those that wait, are collected, and are not refused, one of the model that is loaded; else the one with
   * the most units for each worker that is on it already, so that none is left to one worker.
   *
   * @param loaded digest of the weights that are loaded
   */
  async next(loaded: string | null, refused: ReadonlySet<string>): Promise<Offer | null> {
    const { redis } = this.#connection;
    const ids = (await redis.smembers(RUNS)).filter((id) => !refused.has(id));
    const busy = (await workerStates(redis)).map(({ run }) => run);
    let best: { readonly offer: Offer; readonly weight: number } | null = null;
    for (const id of ids) {
      const offer = await this.#offerOf(id);
      if (offer === null) continue;
      const waiting = await this.#waiting(offer);
      const near = offer.plan.manifest.model.weightsDigest === loaded ? Number.MAX_SAFE_INTEGER / 2 : 0;
      const weight = waiting === 0 ? 0 : near + waiting / (1 + busy.filter((run) => run === id).length);
      if (weight > (best?.weight ?? 0)) best = { offer, weight };
    }
    return best?.offer ?? null;
  }

  /** Somebody stores what is computed for it. */
  async isCollected({ id }: Pick<Offer, 'id'>): Promise<boolean> {
    const { collector, drained } = runKeys(id);
    const [lives, ends] = await this.#connection.redis.mget(collector, drained);
    return lives !== null && ends === null;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#takers.values()].map((taker) => taker.close()));
  }

  async #offerOf(id: string): Promise<Offer | null> {
    if (!(await this.isCollected({ id }))) return null;
    const text = await this.#connection.redis.get(runKeys(id).plan);
    if (text === null) return null;
    const plan = parsePlan(text);
    return { id, plan, taker: this.#takerOf(id, plan) };
  }

  #takerOf(id: string, { lockSeconds }: QueuePlan): Worker {
    const known = this.#takers.get(id);
    if (known !== undefined) return known;
    const { bullmq, redis } = this.#connection;
    const options = { connection: redis, prefix: PREFIX, autorun: false, lockDuration: 1000 * lockSeconds };
    const taker = new bullmq.Worker(queueName(id), null, options);
    taker.on('error', () => {});
    this.#takers.set(id, taker);
    return taker;
  }

  async #waiting({ id }: Offer): Promise<number> {
    const { redis } = this.#connection;
    const key = `${PREFIX}:${queueName(id)}`;
    const isPaused = (await redis.hexists(`${key}:meta`, 'paused')) === 1;
    return isPaused ? 0 : redis.llen(`${key}:wait`);
  }
}
