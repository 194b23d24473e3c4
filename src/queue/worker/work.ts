/** `bench worker`: takes units, has them computed, and sends back what they gave. */
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Milliseconds, Seconds } from '../../core/units.ts';
import type { Observer } from '../../evaluate/observer.ts';
import { describeMachine } from '../../runner/environment.ts';
import type { QueueConnection } from '../redis/connect.ts';
import { sayGone, sayRefused, sayState, type WorkerState } from '../redis/worker-state.ts';
import { ComputeClient, ProcessEnded } from './compute-client.ts';
import type { Reply, WorkerSettings } from './messages.ts';
import { type Offer, Offers } from './offers.ts';
import { UnitTaker } from './unit-taker.ts';

export interface WorkOptions {
  /** Path of the program that computes. */
  readonly program: string;
  readonly own: WorkerSettings;
  /** Ends after so long without a unit; null = never. */
  readonly idle: Seconds | null;
}

const POLL: Milliseconds = 250;
const SAID_EVERY: Milliseconds = 3000;

/** Works until it is stopped, or has had nothing to do for long enough. @returns what it did */
export async function work(
  connection: QueueConnection,
  options: WorkOptions,
  observer: Observer,
): Promise<Pick<WorkerState, 'units' | 'items' | 'seconds'>> {
  const worker = new QueueWorker(connection, options, observer);
  try {
    await worker.work();
    return worker.state;
  } finally {
    await worker.end();
  }
}

class QueueWorker {
  readonly #connection: QueueConnection;
  readonly #options: WorkOptions;
  readonly #observer: Observer;
  readonly #offers: Offers;
  readonly #client: ComputeClient;
  readonly #timer: NodeJS.Timeout;
  readonly #refused = new Set<string>();
  state: WorkerState;

  constructor(connection: QueueConnection, options: WorkOptions, observer: Observer) {
    const { cpu, cores } = describeMachine({});
    this.#connection = connection;
    this.#options = options;
    this.#observer = observer;
    this.#offers = new Offers(connection);
    this.#client = new ComputeClient(options.program);
    const name = `${hostname()}:${process.pid}`;
    this.state = { name, cpu, cores, doing: 'waiting', run: null, units: 0, items: 0, seconds: 0 };
    this.#timer = setInterval(() => this.#say(), SAID_EVERY);
  }

  async work(): Promise<void> {
    const { signal } = this.#observer;
    let loaded: string | null = null;
    let idleSince = performance.now();
    while (!signal.aborted) {
      const offer = await this.#offers.next(loaded, this.#refused);
      if (offer === null) {
        const idle = (performance.now() - idleSince) / 1000;
        if (this.#options.idle !== null && idle >= this.#options.idle) return;
        await sleep(POLL);
        continue;
      }
      if (await this.#isAble(offer)) {
        loaded = offer.plan.manifest.model.weightsDigest;
        await this.#workOn(offer);
      }
      this.#say({ doing: 'waiting', run: null });
      idleSince = performance.now();
    }
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#client.end();
    await sayGone(this.#connection.redis, this.state);
    await this.#offers.close();
  }

  /** Checked before the first unit, so that a machine that would give other numbers takes none. */
  async #isAble(offer: Offer): Promise<boolean> {
    const { manifest } = offer.plan;
    this.#say({ doing: `opening ${manifest.model.name}`, run: offer.id });
    const reply = await this.#ask(offer, null);
    if (reply.kind === 'ready') return true;
    const reason = 'reason' in reply ? reply.reason : 'it answered out of turn';
    this.#refused.add(offer.id);
    this.#observer.noted(`${manifest.task.name}, ${manifest.model.name}: not computed here: ${reason}`);
    await sayRefused(this.#connection.redis, offer.id, this.state.name, reason);
    return false;
  }

  /** Until none waits, or nobody collects them. */
  async #workOn(offer: Offer): Promise<void> {
    const { signal } = this.#observer;
    const taker = new UnitTaker(this.#connection, offer, this.state.name);
    this.#say({ doing: 'computing' });
    while (!signal.aborted && (await this.#offers.isCollected(offer))) {
      const job = await taker.next();
      if (job === null) return;
      const number: number = job.data.number;
      const reply = await taker.computed(job, () => this.#ask(offer, { id: job.id as string, number }));
      if (reply.kind !== 'answered') continue;
      const { units, items, seconds } = this.state;
      this.state = { ...this.state, units: units + 1, items: items + reply.items, seconds: seconds + reply.seconds };
    }
  }

  async #ask({ plan }: Offer, unit: { readonly id: string; readonly number: number } | null): Promise<Reply> {
    try {
      return await this.#client.ask({ plan, unit, own: this.#options.own, name: this.state.name });
    } catch (error) {
      if (!(error instanceof ProcessEnded)) throw error;
      return { kind: unit === null ? 'refused' : 'failed', code: null, reason: error.message };
    }
  }

  #say(changes: Partial<WorkerState> = {}): void {
    this.state = { ...this.state, ...changes };
    void sayState(this.#connection.redis, this.state).catch(() => {});
  }
}
