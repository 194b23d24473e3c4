/** Workers with nothing to do hear at once that units are there. A message that is lost does no harm: they look now and then anyway. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Milliseconds } from '../../core/units.ts';
import { NEWS } from './keys.ts';
import type { RedisClient } from './library.ts';

/** Says that units wait, or wait again. */
export async function tellWorkers(redis: RedisClient): Promise<void> {
  await redis.publish(NEWS, '');
}

export type News = Awaited<ReturnType<typeof listen>>;

/** On a connection of its own, as one that listens can do nothing else. */
export async function listen(redis: RedisClient) {
  const subscriber = redis.duplicate();
  let heard = false;
  let wake = (): void => {};
  // Waits for Redis to come back.
  subscriber.on('error', () => {});
  subscriber.on('message', () => {
    heard = true;
    wake();
  });
  await subscriber.subscribe(NEWS);
  return {
    /** What was said so far is known. */
    forget(): void {
      heard = false;
    },
    /** Until something was said since `forget`, the time is over, or the signal is aborted. @returns whether something was said */
    async wait(most: Milliseconds, signal: AbortSignal): Promise<boolean> {
      if (heard || signal.aborted) return heard;
      const told = new AbortController();
      const stop = () => told.abort();
      wake = stop;
      signal.addEventListener('abort', stop);
      await sleep(most, undefined, { signal: told.signal }).catch(() => {});
      signal.removeEventListener('abort', stop);
      return heard;
    },
    close: () => subscriber.disconnect(),
  };
}
