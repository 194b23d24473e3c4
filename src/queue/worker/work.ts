/** `bench worker`: takes units, has them computed, and sends back what they gave. */
import { hostname } from 'node:os';
import type { Job } from 'bullmq';
import type { Milliseconds, Seconds } from '../../core/units.ts';
import type { Observer } from '../../evaluate/observer.ts';
import { describeMachine } from '../../runner/environment.ts';
import type { QueueConnection } from '../redis/connect.ts';
import { News } from '../redis/news.ts';
import { SAID_EVERY, sayGone, sayState, type WorkerState } from '../redis/worker-state.ts';
import type { HandedUnit, Stretch } from '../unit.ts';
import { ProcessEnded } from './compute-client.ts';
import type { Order, Reply, WorkerSettings } from './messages.ts';
import { type Offer, Offers } from './offers.ts';
import { UnitTaker } from './unit-taker.ts';

/** What computes units, one after the other. */
export interface Computer {
  /** @throws ProcessEnded */
  ask(order: Order): Promise<Reply>;
  end(): void;
}

export interface WorkOptions {
  readonly computer: Computer;
  /** Under which the worker is known; must be its own. Default: host and process. */
  readonly name?: string;
  readonly own: WorkerSettings;
  /** Ends after so long without a unit; null = never. */
  readonly idle: Seconds | null;
}

/** Between two looks for a unit: at first, and the longer none comes. */
const SHORTEST_PAUSE: Milliseconds = 50;
const LONGEST_PAUSE: Milliseconds = 1000;
/** Between two looks whether somebody collects. */
const LOOKED_EVERY: Milliseconds = 1000;

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
  readonly #timer: NodeJS.Timeout;
  #news: News | null = null;
  /** Digest of the weights that the computing process holds. */
  #loaded: string | null = null;
  state: WorkerState;

  constructor(connection: QueueConnection, options: WorkOptions, observer: Observer) {
    const { cpu, cores } = describeMachine({});
    this.#connection = connection;
    this.#options = options;
    this.#observer = observer;
    const { name = `${hostname()}:${process.pid}` } = options;
    this.state = { name, cpu, cores, doing: 'waiting', run: null, units: 0, items: 0, seconds: 0 };
    this.#offers = new Offers(connection, name);
    this.#timer = setInterval(() => this.#say(), 1000 * SAID_EVERY);
  }

  async work(): Promise<void> {
    const { signal } = this.#observer;
    this.#news = await News.listen(this.#connection.redis);
    let idleSince = performance.now();
    let pause = SHORTEST_PAUSE;
    while (!signal.aborted) {
      this.#news.forget();
      const offer = await this.#offers.next(this.#loaded);
      if (offer !== null && (await this.#workAt(offer))) {
        idleSince = performance.now();
        pause = SHORTEST_PAUSE;
        continue;
      }
      const idle = (performance.now() - idleSince) / 1000;
      if (this.#options.idle !== null && idle >= this.#options.idle) return;
      const told = await this.#news.wait(pause, signal);
      pause = told ? SHORTEST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
    }
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#news?.close();
    this.#options.computer.end();
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
    this.#observer.noted(`${manifest.task.name}, ${manifest.model.name}: not computed here: ${reason}`);
    await this.#offers.refuse(offer.id, reason);
    return false;
  }

  /** Until none waits, or nobody collects them. @returns whether it had any */
  async #workAt(offer: Offer): Promise<boolean> {
    const before = this.state.units;
    if (await this.#isAble(offer)) {
      this.#loaded = offer.plan.manifest.model.weightsDigest;
      this.#say({ doing: 'computing' });
      await this.#workOn(offer);
    }
    this.#say({ doing: 'waiting', run: null });
    return this.state.units > before;
  }

  async #workOn(offer: Offer): Promise<void> {
    const { signal } = this.#observer;
    const taker = new UnitTaker(this.#connection, offer, this.state.name);
    let lookedAt = Number.NEGATIVE_INFINITY;
    let job: Job | null = null;
    const isDue = () => performance.now() - lookedAt >= LOOKED_EVERY;
    for (;;) {
      if (job === null) {
        if (signal.aborted || !(await this.#offers.isCollected(offer))) return;
        lookedAt = performance.now();
        job = await taker.next();
      }
      if (job === null) return;
      job = await this.#compute(offer, taker, job, () => !signal.aborted && !isDue());
    }
  }

  /** @param takesNext asked when the unit is computed @returns the next unit, where it came with the answer */
  async #compute(offer: Offer, taker: UnitTaker, job: Job, takesNext: () => boolean): Promise<Job | null> {
    const { from, count }: Stretch = job.data;
    const reply = await taker.locked(job, () => this.#ask(offer, { id: job.id as string, from, count }));
    if (reply.kind === 'answered') {
      const { units, items, seconds } = this.state;
      this.state = { ...this.state, units: units + 1, items: items + reply.items, seconds: seconds + reply.seconds };
    }
    return await taker.handIn(job, reply, takesNext());
  }

  async #ask({ plan }: Offer, unit: HandedUnit | null): Promise<Reply> {
    try {
      return await this.#options.computer.ask({ plan, unit, own: this.#options.own, name: this.state.name });
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
