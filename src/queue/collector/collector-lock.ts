import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError } from '../../core/errors.ts';
import type { Milliseconds } from '../../core/units.ts';
import { runKeys } from '../redis/keys.ts';
import type { RedisClient } from '../redis/library.ts';

/** A collector that is gone is gone after so long. */
const LASTS: Milliseconds = 10_000;
const TRIES = 12;

/** Also takes the lock where Redis lost it: the one that renews had it. */
const RENEW = `
local held = redis.call('get', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;
const RELEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end return 1`;

/**
 * The right to store a run, among all machines; the lock of the run's folder is good for one. Workers compute for those who have it.
 * Waits for the lock of a collector that was killed to end.
 *
 * @throws HarnessError 'store-locked' where one lives
 */
export async function takeCollectorLock(redis: RedisClient, runId: string, signal: AbortSignal) {
  const key = runKeys(runId).collector;
  const mine = JSON.stringify({ host: hostname(), pid: process.pid, token: randomUUID() });
  for (let tries = 0; tries < TRIES && !signal.aborted; tries++) {
    if ((await redis.eval(RENEW, 1, key, mine, LASTS)) === 1) return heldLock(redis, key, mine);
    await sleep(LASTS / 10);
  }
  throw signal.aborted
    ? new HarnessError('interrupted', 'stopped before the run was handed out')
    : await lockedBy(redis, key);
}

export type CollectorLock = ReturnType<typeof heldLock>;

function heldLock(redis: RedisClient, key: string, mine: string) {
  let isLost = false;
  const renew = async (): Promise<void> => {
    const renewed = await redis.eval(RENEW, 1, key, mine, LASTS).catch(() => null);
    if (renewed === 0) isLost = true;
  };
  const timer = setInterval(() => void renew(), LASTS / 4);
  return {
    /** @throws HarnessError 'store-locked' where another collector has taken over */
    requireHeld(): void {
      if (isLost) throw new HarnessError('store-locked', 'another process collects this run by now', { hint: HINT });
    },
    async release(): Promise<void> {
      clearInterval(timer);
      await redis.eval(RELEASE, 1, key, mine);
    },
  };
}

const HINT = 'let it finish, or stop it and repeat this command';

async function lockedBy(redis: RedisClient, key: string): Promise<HarnessError> {
  const { host = 'unknown', pid = 0 } = JSON.parse((await redis.get(key)) ?? '{}');
  return new HarnessError('store-locked', `process ${pid} on ${host} collects this run already`, { hint: HINT });
}
