/** BullMQ and ioredis, optional peers: who wants a queue installs them. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as BullMq from 'bullmq';
import type { Redis as RedisClient } from 'ioredis';
import { HarnessError, notSupported } from '../../core/errors.ts';

export type { RedisClient };

export interface QueueLibrary {
  readonly bullmq: typeof BullMq;
  readonly ioredis: { readonly Redis: typeof RedisClient };
}

/** Before it, workers of 6.x did not resume after an outage of Redis of more than about six seconds. */
const LEAST = '6.3.3';
const INSTALL = 'npm install bullmq@6.7.0 ioredis@6.0.0';

/** @throws HarnessError 'not-supported' where they are absent, or BullMQ is too old */
export async function loadQueueLibrary(
  importModule: (name: string) => Promise<unknown> = (name) => import(name),
  versionOf: () => string = bullmqVersion,
): Promise<QueueLibrary> {
  const [bullmq, ioredis] = await Promise.all(['bullmq', 'ioredis'].map((name) => imported(name, importModule)));
  const version = versionOf();
  if (!isAtLeast(version, LEAST)) {
    throw notSupported(`--queue: expected BullMQ ${LEAST} or later, found ${version}`, INSTALL);
  }
  return { bullmq, ioredis } as unknown as QueueLibrary;
}

async function imported(name: string, importModule: (name: string) => Promise<unknown>): Promise<unknown> {
  try {
    return await importModule(name);
  } catch (cause) {
    const message = `--queue needs the package ${name}, which is not installed`;
    throw new HarnessError('not-supported', message, { hint: INSTALL, cause });
  }
}

function bullmqVersion(): string {
  const path = createRequire(import.meta.url).resolve('bullmq/package.json');
  const { version }: { readonly version: string } = JSON.parse(readFileSync(path, 'utf8'));
  return version;
}

/** Of versions such as `6.10.2`; what follows a dash is not looked at. */
export function isAtLeast(version: string, least: string): boolean {
  const [found, wanted] = [version, least].map((each) => (each.split('-')[0] ?? '').split('.').map(Number));
  const at = wanted?.findIndex((part, i) => part !== (found?.[i] ?? 0)) ?? -1;
  return at < 0 || (found?.[at] ?? 0) > (wanted?.[at] ?? 0);
}
