import type { Observer } from '../../evaluate/observer.ts';
import type { RedisClient } from '../redis/library.ts';
import { sayRunState } from '../redis/run-state.ts';
import { Losses } from './losses.ts';
import type { UnitDesk } from './unit-desk.ts';
import type { WorkerWatch } from './worker-watch.ts';

/** Says how far a run is: beside the progress of its collector, and in Redis for who asks there. */
export function runProgress(
  redis: RedisClient,
  runId: string,
  desk: UnitDesk,
  { working }: Pick<WorkerWatch, 'working'>,
  { beside }: Pick<Observer, 'beside'>,
) {
  /** Of units that went to another worker. */
  const losses = new Losses();
  const items = desk.left;
  const since = performance.now();
  return {
    /** Units that were answered. */
    units: 0,
    losses,
    async say(): Promise<void> {
      const { units } = this;
      const { left } = desk;
      const done = items - left;
      const itemsPerSecond = done === 0 ? null : (1000 * done) / (performance.now() - since);
      const stalled = losses.all;
      const workers = working();
      beside?.(besideText(workers, units, stalled));
      await sayRunState(redis, runId, { items, left, units, itemsPerSecond, stalled, workers });
    },
    end: () => beside?.(''),
  };
}

export type RunProgress = ReturnType<typeof runProgress>;

/** `5 workers, 120 units, 1 stalled` */
export function besideText(workers: number, units: number, stalled: number): string {
  const said = [count(workers, 'worker'), count(units, 'unit')];
  return [...said, ...(stalled === 0 ? [] : [`${stalled} stalled`])].join(', ');
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
