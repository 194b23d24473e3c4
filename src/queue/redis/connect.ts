import { isIP } from 'node:net';
import { HarnessError, notSupported } from '../../core/errors.ts';
import type { Milliseconds } from '../../core/units.ts';
import { type QueueAddress, queueAddress } from './address.ts';
import { isAtLeast, loadQueueLibrary, type QueueLibrary, type RedisClient } from './library.ts';

/** An open Redis that is fit to hold a queue. */
export interface QueueConnection {
  readonly redis: RedisClient;
  readonly bullmq: QueueLibrary['bullmq'];
  readonly address: QueueAddress;
  close(): void;
}

const LEAST_REDIS = '6.2';
const FIRST_ANSWER_WITHIN: Milliseconds = 5000;
const LONGEST_PAUSE: Milliseconds = 2000;
/** A connection that has not answered for so long is given up for a new one: what forgot it does not say so. */
const SILENT_FOR: Milliseconds = 30_000;

/**
 * Connects, and checks that locks and units are safe there. Once connected, an outage is waited out, however long: commands are sent
 * again when Redis is back.
 *
 * @throws HarnessError 'bad-arguments' on a wrong address; 'not-supported' where the library or the server does not fit; 'system' where
 *   none answers
 */
export async function connectQueue(typed: string): Promise<QueueConnection> {
  const address = queueAddress(typed);
  const { bullmq, ioredis } = await loadQueueLibrary();
  const redis = new ioredis.Redis({
    host: address.host,
    port: address.port,
    db: address.db,
    ...(address.username === null ? {} : { username: address.username }),
    ...(address.password === null ? {} : { password: address.password }),
    ...(address.isEncrypted ? { tls: isIP(address.host) === 0 ? { servername: address.host } : {} } : {}),
    connectTimeout: FIRST_ANSWER_WITHIN,
    keepAlive: SILENT_FOR,
    socketTimeout: SILENT_FOR,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(100 * times, LONGEST_PAUSE),
  });
  try {
    await firstAnswer(redis, address);
    requireFit(await redis.info(), address);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return { redis, bullmq, address, close: () => redis.disconnect() };
}

/** Errors after the first answer are outages, which the client waits out. */
function firstAnswer(redis: RedisClient, { shown }: QueueAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (found: string) =>
      reject(
        new HarnessError('system', `--queue: expected a Redis at ${shown}, found ${found}`, {
          hint: 'start one (redis-server), or name another with --queue; credentials are read from BENCH_QUEUE_USER and BENCH_QUEUE_PASSWORD',
        }),
      );
    const timer = setTimeout(() => refuse('no answer'), FIRST_ANSWER_WITHIN);
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
    redis.on('error', (error: Error) => {
      clearTimeout(timer);
      refuse(error.message === '' ? error.name : error.message);
    });
  });
}

/** @throws HarnessError 'not-supported' on an old server, or one that may drop locks and units when memory is short */
export function requireFit(info: string, { shown }: Pick<QueueAddress, 'shown'>): void {
  const of = (key: string): string | undefined => new RegExp(`^${key}:(.*?)\r?$`, 'm').exec(info)?.[1];
  // Valkey gives the version of Redis that it is compatible with under this name, too.
  const version = of('redis_version') ?? '0';
  if (!isAtLeast(version, LEAST_REDIS)) {
    throw notSupported(`${shown}: expected Redis or Valkey ${LEAST_REDIS} or later, found ${version}`);
  }
  const policy = of('maxmemory_policy');
  if (policy === 'noeviction') return;
  const message = `${shown}: expected maxmemory-policy noeviction, found ${policy ?? 'no word of it'}; others drop locks and units when memory is short`;
  throw notSupported(message, 'redis-cli config set maxmemory-policy noeviction');
}
