import type { Milliseconds } from '../../core/units.ts';
import type { Observer } from '../../evaluate/observer.ts';
import type { RedisClient } from '../redis/library.ts';
import { refusals, type WorkerState, workerStates } from '../redis/worker-state.ts';

/** Whoever looks on is told when no worker has come for so long. */
const ALONE_FOR: Milliseconds = 10_000;
/** Of more that come or go at once, the number is said. */
const MOST_NAMED = 4;

/** Says who joins, who leaves, and who cannot compute a run. */
export function workerWatch(redis: RedisClient, runId: string, { noted }: Pick<Observer, 'noted'>) {
  const since = performance.now();
  let states: readonly WorkerState[] = [];
  let refused: ReadonlySet<string> = new Set();
  let saidAlone = false;
  /** Of those that live. */
  const names = (): ReadonlySet<string> => new Set(states.map(({ name }) => name));
  /** How many live and have not refused the run. */
  const able = (): number => states.filter(({ name }) => !refused.has(name)).length;
  const say = (sentences: readonly string[], what: string): void => {
    for (const sentence of sentences.slice(0, MOST_NAMED)) noted(sentence);
    const more = sentences.length - MOST_NAMED;
    if (more > 0) noted(`${more} more ${more === 1 ? 'worker' : 'workers'} ${what}`);
  };
  const lookForRefusals = async (): Promise<void> => {
    const found = await refusals(redis, runId);
    for (const [name, reason] of Object.entries(found)) {
      if (!refused.has(name)) noted(`worker ${name} is refused: ${reason}`);
    }
    refused = new Set(Object.keys(found));
  };
  const sayAlone = (): void => {
    if (saidAlone || able() > 0 || performance.now() - since < ALONE_FOR) return;
    saidAlone = true;
    noted('no worker computes this run; start some with bench worker --queue and the same address');
  };
  return {
    names,
    able,
    /** How many are on it. */
    working: (): number => states.filter(({ run }) => run === runId).length,
    async look(): Promise<void> {
      const before = names();
      states = await workerStates(redis);
      const now = names();
      const come = states.filter(({ name }) => !before.has(name));
      const gone = [...before].filter((name) => !now.has(name));
      const told = come.map(({ name, cpu, cores }) => `worker ${name} is there (${cpu}, ${cores} cores)`);
      say(told, 'are there');
      say(
        gone.map((name) => `worker ${name} is gone`),
        'are gone',
      );
      await lookForRefusals();
      sayAlone();
    },
  };
}

export type WorkerWatch = ReturnType<typeof workerWatch>;
