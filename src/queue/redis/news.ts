/** Workers with nothing to do hear at once that units are there. A message that is lost does no harm: they look now and then anyway. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Milliseconds } from '../../core/units.ts';
import { NEWS } from './keys.ts';
import type { RedisClient } from './library.ts';

/** Says that units wait, or wait again. */
export async function tellWorkers(redis: RedisClient): Promise<void> {
  await redis.publish(NEWS, '');
}

export class News {
  readonly #subscriber: RedisClient;
  #heard = false;
  #wake: () => void = () => {};

  private constructor(subscriber: RedisClient) {
    this.#subscriber = subscriber;
    // Waits for Redis to come back.
    subscriber.on('error', () => {});
    subscriber.on('message', () => {
      this.#heard = true;
      this.#wake();
    });
  }

  /** A connection of its own, as one that listens can do nothing else. */
  static async listen(redis: RedisClient): Promise<News> {
    const news = new News(redis.duplicate());
    await news.#subscriber.subscribe(NEWS);
    return news;
  }

  /** What was said so far is known. */
  forget(): void {
    this.#heard = false;
  }

  /** Until something was said since `forget`, the time is over, or the signal is aborted. @returns whether something was said */
  async wait(most: Milliseconds, signal: AbortSignal): Promise<boolean> {
    if (this.#heard || signal.aborted) return this.#heard;
    const told = new AbortController();
    const stop = () => told.abort();
    this.#wake = stop;
    signal.addEventListener('abort', stop);
    await sleep(most, undefined, { signal: told.signal }).catch(() => {});
    signal.removeEventListener('abort', stop);
    return this.#heard;
  }

  close(): void {
    this.#subscriber.disconnect();
  }
}
