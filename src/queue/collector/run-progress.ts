import type { Observer } from '../../evaluate/observer.ts';
import type { RedisClient } from '../redis/library.ts';
import { sayRunState } from '../redis/run-state.ts';
import { Losses } from './losses.ts';
import type { UnitDesk } from './unit-desk.ts';
import type { WorkerWatch } from './worker-watch.ts';

/** Says how far a run is: beside the progress of its collector, and in Redis for who asks there. */
export class RunProgress {
  /** Units that were answered. */
  units = 0;
  /** Of units that went to another worker. */
  readonly losses = new Losses();
  readonly #redis: RedisClient;
  readonly #runId: string;
  readonly #desk: UnitDesk;
  readonly #watch: WorkerWatch;
  readonly #observer: Pick<Observer, 'beside'>;
  readonly #items: number;
  readonly #since = performance.now();

  constructor(
    redis: RedisClient,
    runId: string,
    desk: UnitDesk,
    watch: WorkerWatch,
    observer: Pick<Observer, 'beside'>,
  ) {
    this.#redis = redis;
    this.#runId = runId;
    this.#desk = desk;
    this.#watch = watch;
    this.#observer = observer;
    this.#items = desk.left;
  }

  async say(): Promise<void> {
    const { left } = this.#desk;
    const done = this.#items - left;
    const itemsPerSecond = done === 0 ? null : (1000 * done) / (performance.now() - this.#since);
    const { units, losses } = this;
    const stalled = losses.all;
    const workers = this.#watch.working;
    this.#observer.beside?.(besideText(workers, units, stalled));
    await sayRunState(this.#redis, this.#runId, { items: this.#items, left, units, itemsPerSecond, stalled, workers });
  }

  end(): void {
    this.#observer.beside?.('');
  }
}

/** `5 workers, 120 units, 1 stalled` */
export function besideText(workers: number, units: number, stalled: number): string {
  const said = [count(workers, 'worker'), count(units, 'unit')];
  return [...said, ...(stalled === 0 ? [] : [`${stalled} stalled`])].join(', ');
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
