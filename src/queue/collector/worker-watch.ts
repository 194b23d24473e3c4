import type { Milliseconds } from '../../core/units.ts';
import type { Observer } from '../../evaluate/observer.ts';
import type { RedisClient } from '../redis/library.ts';
import { refusals, workerStates } from '../redis/worker-state.ts';

/** Whoever looks on is told when no worker has come for so long. */
const ALONE_FOR: Milliseconds = 10_000;

/** Says who joins, who leaves, and who cannot compute a run. */
export class WorkerWatch {
  readonly #redis: RedisClient;
  readonly #runId: string;
  readonly #observer: Pick<Observer, 'noted'>;
  readonly #since = performance.now();
  #known: readonly string[] = [];
  #refused: readonly string[] = [];
  #saidAlone = false;

  constructor(redis: RedisClient, runId: string, observer: Pick<Observer, 'noted'>) {
    this.#redis = redis;
    this.#runId = runId;
    this.#observer = observer;
  }

  async look(): Promise<void> {
    const states = await workerStates(this.#redis);
    const names = states.map(({ name }) => name);
    for (const { name, cpu, cores } of states) {
      if (!this.#known.includes(name)) this.#observer.noted(`worker ${name} is there (${cpu}, ${cores} cores)`);
    }
    for (const name of this.#known) if (!names.includes(name)) this.#observer.noted(`worker ${name} is gone`);
    this.#known = names;
    await this.#lookForRefusals();
    this.#sayAlone();
  }

  async #lookForRefusals(): Promise<void> {
    const found = await refusals(this.#redis, this.#runId);
    for (const [name, reason] of Object.entries(found)) {
      if (!this.#refused.includes(name)) this.#observer.noted(`worker ${name} is refused: ${reason}`);
    }
    this.#refused = Object.keys(found);
  }

  #sayAlone(): void {
    const able = this.#known.filter((name) => !this.#refused.includes(name));
    if (this.#saidAlone || able.length > 0 || performance.now() - this.#since < ALONE_FOR) return;
    this.#saidAlone = true;
    this.#observer.noted('no worker computes this run; start some with bench worker --queue and the same address');
  }
}
