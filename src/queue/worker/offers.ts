import type { Worker } from 'bullmq';
import type { Seconds } from '../../core/units.ts';
import { parsePlan, type QueuePlan } from '../plan.ts';
import type { QueueConnection } from '../redis/connect.ts';
import { PREFIX, queueName, RUNS, runKeys } from '../redis/keys.ts';
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

/** The runs in Redis, as a worker sees them. */
export class Offers {
  readonly #connection: QueueConnection;
  readonly #worker: string;
  /** Until they are gone from Redis. */
  readonly #refused = new Set<string>();
  /** Of the runs that are in Redis; null where another version of bench collects. */
  readonly #plans = new Map<string, QueuePlan | null>();
  readonly #takers = new Map<string, Worker>();

  /** @param worker its name */
  constructor(connection: QueueConnection, worker: string) {
    this.#connection = connection;
    this.#worker = worker;
  }

  /**
   * The run to work on next, as `chooseRun` says, among those that are collected and not refused.
   *
   * @param loaded digest of the weights that are loaded
   */
  async next(loaded: string | null): Promise<Offer | null> {
    const ids = await this.#connection.redis.smembers(RUNS);
    await this.#forgetOthers(new Set(ids));
    const open: OpenRun[] = [];
    for (const id of ids.filter((each) => !this.#refused.has(each))) {
      const plan = await this.#planOf(id);
      if (plan === undefined) continue;
      if (plan === null) await this.refuse(id, ANOTHER_VERSION);
      else open.push({ id, model: plan.manifest.model.weightsDigest, ...(await this.#waiting(id)) });
    }
    const best = chooseRun(open, loaded);
    const plan = best === null ? null : (this.#plans.get(best.id) ?? null);
    return best === null || plan === null ? null : { id: best.id, plan, taker: this.#takerOf(best.id, plan) };
  }

  /** This worker takes no units of a run, and says so. */
  async refuse(id: string, reason: string): Promise<void> {
    this.#refused.add(id);
    await sayRefused(this.#connection.redis, id, this.#worker, reason);
  }

  /** Somebody stores what is computed for it. Asked between units now and then, and after the last one. */
  async isCollected({ id }: Pick<Offer, 'id'>): Promise<boolean> {
    const { collector, drained, results } = runKeys(id);
    const { redis } = this.#connection;
    const kept = redis.expire(results, KEPT);
    const [lives = null, ends = null] = await redis.mget(collector, drained);
    await kept;
    return lives !== null && ends === null;
  }

  async close(): Promise<void> {
    await this.#forgetOthers(new Set());
  }

  /** A taker holds a connection: those of runs that have ended are closed. */
  async #forgetOthers(ids: ReadonlySet<string>): Promise<void> {
    for (const id of this.#plans.keys()) if (!ids.has(id)) this.#plans.delete(id);
    for (const id of this.#refused) if (!ids.has(id)) this.#refused.delete(id);
    for (const [id, taker] of this.#takers) {
      if (ids.has(id)) continue;
      this.#takers.delete(id);
      await taker.close();
    }
  }

  /** undefined where Redis does not have it. */
  async #planOf(id: string): Promise<QueuePlan | null | undefined> {
    const known = this.#plans.get(id);
    if (known !== undefined) return known;
    const text = await this.#connection.redis.get(runKeys(id).plan);
    if (text === null) return undefined;
    const plan = parsePlan(text);
    this.#plans.set(id, plan);
    return plan;
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

  /** In one look; none where nobody collects, or the run is paused. */
  async #waiting(id: string): Promise<Pick<OpenRun, 'waiting' | 'workers'>> {
    const { collector, drained, state } = runKeys(id);
    const of = `${PREFIX}:${queueName(id)}`;
    const looked = await this.#connection.redis
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
}

const ANOTHER_VERSION = 'another version of bench collects it';
