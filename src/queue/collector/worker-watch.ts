import type { Milliseconds } from '../../core/units.ts';
import type { Observer } from '../../evaluate/observer.ts';
import type { RedisClient } from '../redis/library.ts';
import { refusals, type WorkerState, workerStates } from '../redis/worker-state.ts';

/** Whoever looks on is told when no worker has come for so long. */
const ALONE_FOR: Milliseconds = 10_000;
/** Of more that come or go at once, the number is said. */
const MOST_NAMED = 4;

/** Says who joins, who leaves, and who cannot compute a run. */
export class WorkerWatch {
  readonly #redis: RedisClient;
  readonly #runId: string;
  readonly #observer: Pick<Observer, 'noted'>;
  readonly #since = performance.now();
  #states: readonly WorkerState[] = [];
  #refused: ReadonlySet<string> = new Set();
  #saidAlone = false;

  constructor(redis: RedisClient, runId: string, observer: Pick<Observer, 'noted'>) {
    this.#redis = redis;
    this.#runId = runId;
    this.#observer = observer;
  }

  /** Of those that live. */
  get names(): ReadonlySet<string> {
    return new Set(this.#states.map(({ name }) => name));
  }

  /** How many live and have not refused the run. */
  get able(): number {
    return this.#states.filter(({ name }) => !this.#refused.has(name)).length;
  }

  /** How many are on it. */
  get working(): number {
    return this.#states.filter(({ run }) => run === this.#runId).length;
  }

  async look(): Promise<void> {
    const before = this.names;
    this.#states = await workerStates(this.#redis);
    const now = this.names;
    const come = this.#states.filter(({ name }) => !before.has(name));
    const gone = [...before].filter((name) => !now.has(name));
    this.#say(
      come.map(({ name, cpu, cores }) => `worker ${name} is there (${cpu}, ${cores} cores)`),
      'are there',
    );
    this.#say(
      gone.map((name) => `worker ${name} is gone`),
      'are gone',
    );
    await this.#lookForRefusals();
    this.#sayAlone();
  }

  #say(sentences: readonly string[], what: string): void {
    for (const sentence of sentences.slice(0, MOST_NAMED)) this.#observer.noted(sentence);
    const more = sentences.length - MOST_NAMED;
    if (more > 0) this.#observer.noted(`${more} more ${more === 1 ? 'worker' : 'workers'} ${what}`);
  }

  async #lookForRefusals(): Promise<void> {
    const found = await refusals(this.#redis, this.#runId);
    for (const [name, reason] of Object.entries(found)) {
      if (!this.#refused.has(name)) this.#observer.noted(`worker ${name} is refused: ${reason}`);
    }
    this.#refused = new Set(Object.keys(found));
  }

  #sayAlone(): void {
    if (this.#saidAlone || this.able > 0 || performance.now() - this.#since < ALONE_FOR) return;
    this.#saidAlone = true;
    this.#observer.noted('no worker computes this run; start some with bench worker --queue and the same address');
  }
}
