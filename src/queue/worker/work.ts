/** `bench worker`: takes units, has them computed, and sends back what they gave. */
import { hostname } from 'node:os';
import type { Job } from 'bullmq';
import type { Milliseconds, Seconds } from '../../core/units.ts';
import type { Observer } from '../../evaluate/observer.ts';
import { describeMachine } from '../../runner/environment.ts';
import type { QueueConnection } from '../redis/connect.ts';
import type { RedisClient } from '../redis/library.ts';
import { listen, type News } from '../redis/news.ts';
import { SAID_EVERY, sayGone, sayState, type WorkerState } from '../redis/worker-state.ts';
import type { HandedUnit, Stretch } from '../unit.ts';
import { ProcessEnded } from './compute-client.ts';
import type { Order, Reply, WorkerSettings } from './messages.ts';
import { isCollected, type Offer, type Offers, offersIn } from './offers.ts';
import { unitTaker } from './unit-taker.ts';

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
  const { redis } = connection;
  const { computer, name = `${hostname()}:${process.pid}`, idle } = options;
  const { signal } = observer;
  const said = saidState(redis, name);
  const offers = offersIn(connection, name);
  const runs = runWorker(connection, options, observer, offers, said);
  const timer = setInterval(said.say, 1000 * SAID_EVERY);
  let news: News | null = null;
  try {
    news = await listen(redis);
    let idleSince = performance.now();
    let pause = SHORTEST_PAUSE;
    while (!signal.aborted) {
      news.forget();
      const offer = await offers.next(runs.loaded());
      if (offer !== null && (await runs.workAt(offer))) {
        idleSince = performance.now();
        pause = SHORTEST_PAUSE;
        continue;
      }
      if (idle !== null && (performance.now() - idleSince) / 1000 >= idle) break;
      const told = await news.wait(pause, signal);
      pause = told ? SHORTEST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
    }
    return said.state();
  } finally {
    clearInterval(timer);
    news?.close();
    computer.end();
    await sayGone(redis, said.state());
    await offers.close();
  }
}

/** What a worker does, and Redis is told of it. */
function saidState(redis: RedisClient, name: string) {
  const { cpu, cores } = describeMachine({});
  let state: WorkerState = { name, cpu, cores, doing: 'waiting', run: null, units: 0, items: 0, seconds: 0 };
  return {
    state: () => state,
    say(changes: Partial<WorkerState> = {}): void {
      state = { ...state, ...changes };
      void sayState(redis, state).catch(() => {});
    },
    /** Told the next time. */
    count({ items, seconds }: Pick<WorkerState, 'items' | 'seconds'>): void {
      state = { ...state, units: state.units + 1, items: state.items + items, seconds: state.seconds + seconds };
    },
  };
}

async function replyOf(computer: Computer, order: Order): Promise<Reply> {
  try {
    return await computer.ask(order);
  } catch (error) {
    if (!(error instanceof ProcessEnded)) throw error;
    return { kind: order.unit === null ? 'refused' : 'failed', code: null, reason: error.message };
  }
}

/** Computes the units of one run after the other. */
function runWorker(
  connection: QueueConnection,
  { computer, own }: WorkOptions,
  { signal, noted }: Observer,
  offers: Offers,
  { state, say, count: counted }: ReturnType<typeof saidState>,
) {
  const { name } = state();
  let loaded: string | null = null;
  const ask = ({ plan }: Offer, unit: HandedUnit | null) => replyOf(computer, { plan, unit, own, name });
  /** Checked before the first unit, so that a machine that would give other numbers takes none. */
  const isAble = async (offer: Offer): Promise<boolean> => {
    const { manifest } = offer.plan;
    say({ doing: `opening ${manifest.model.name}`, run: offer.id });
    const reply = await ask(offer, null);
    if (reply.kind === 'ready') return true;
    const reason = 'reason' in reply ? reply.reason : 'it answered out of turn';
    noted(`${manifest.task.name}, ${manifest.model.name}: not computed here: ${reason}`);
    await offers.refuse(offer.id, reason);
    return false;
  };
  const workOn = async (offer: Offer): Promise<void> => {
    const taker = unitTaker(connection, offer, name);
    let lookedAt = Number.NEGATIVE_INFINITY;
    let job: Job | null = null;
    for (;;) {
      if (job === null) {
        if (signal.aborted || !(await isCollected(connection, offer))) return;
        lookedAt = performance.now();
        job = await taker.next();
      }
      if (job === null) return;
      const { id = '', data }: Job = job;
      const reply = await taker.locked(job, () => ask(offer, { ...(data as Stretch), id }));
      if (reply.kind === 'answered') counted(reply);
      job = await taker.handIn(job, reply, !signal.aborted && performance.now() - lookedAt < LOOKED_EVERY);
    }
  };
  return {
    /** Digest of the weights that the computing process holds. */
    loaded: () => loaded,
    /** Until none waits, or nobody collects them. @returns whether it had any */
    async workAt(offer: Offer): Promise<boolean> {
      const before = state().units;
      if (await isAble(offer)) {
        loaded = offer.plan.manifest.model.weightsDigest;
        say({ doing: 'computing' });
        await workOn(offer);
      }
      say({ doing: 'waiting', run: null });
      return state().units > before;
    },
  };
}
