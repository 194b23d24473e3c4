/** What the queue itself costs: processor time of all its parts for a unit, and the time in which a worker has none. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Milliseconds, Seconds } from '../../src/core/units.ts';
import { SILENT } from '../../src/evaluate/observer.ts';
import { answersOver } from '../../src/queue/collector/collect.ts';
import { connectQueue, type QueueConnection } from '../../src/queue/redis/connect.ts';
import { work } from '../../src/queue/worker/work.ts';
import { type Answers, executeRun } from '../../src/runner/run.ts';
import { scriptedRun } from '../../test/scripted/scripted-run.ts';
import type { OwnRedis } from './own-redis.ts';
import { SCRIPTED_SETTINGS, scriptedComputer, scriptedToAnswer } from './scripted-work.ts';

/** Items of a unit. */
const SIZE = 16;

export interface OwnWork {
  readonly units: number;
  /** Of collector, worker and Redis for a unit, beyond what a local run takes for the same items. */
  readonly processor: Milliseconds;
  /** Of Redis alone. */
  readonly redis: Milliseconds;
  /** In which a unit was not computed. */
  readonly wall: Milliseconds;
}

/**
 * One worker and the collector in this process. What the run itself takes (asking, scoring, storing) is measured without a queue, and taken off.
 *
 * @param units about so many, of 16 items; the first ones are of one
 * @param seconds of a unit, which are waited for; null = none, and the collector believes in 5
 */
export async function ownWork(redis: OwnRedis, units: number, seconds: Seconds | null): Promise<OwnWork> {
  const rows = SIZE * units;
  const local = await costOf(rows, undefined);
  const [collects, computes] = [await connectQueue(redis.url), await connectQueue(redis.url)];
  const stop = new AbortController();
  const computer = scriptedComputer(rows, (seconds ?? 5) / SIZE, seconds !== null);
  const options = { computer, own: SCRIPTED_SETTINGS, idle: null };
  const working = work(computes, options, { ...SILENT, signal: stop.signal });
  const before = await redisSeconds(collects);
  const over = await costOf(rows, answersOver(collects, SILENT, 30)(scriptedToAnswer(SIZE)));
  const inRedis = (1000 * ((await redisSeconds(collects)) - before)) / units;
  stop.abort();
  await working;
  for (const each of [collects, computes]) each.close();
  return {
    units,
    processor: (over.processor - local.processor) / units + inRedis,
    redis: inRedis,
    wall: (over.wall - (seconds === null ? local.wall : 1000 * seconds * units)) / units,
  };
}

async function costOf(rows: number, answers: Answers | undefined) {
  const out = mkdtempSync(join(tmpdir(), 'bench-own-work-'));
  const [cpu, started] = [process.cpuUsage(), performance.now()];
  await executeRun(
    { ...scriptedRun({ rows }), out },
    { unitSize: SIZE, ...(answers === undefined ? {} : { answers }) },
  );
  const { user, system } = process.cpuUsage(cpu);
  const wall = performance.now() - started;
  rmSync(out, { recursive: true });
  return { processor: (user + system) / 1000, wall };
}

async function redisSeconds({ redis }: QueueConnection): Promise<Seconds> {
  const info = await redis.info('cpu');
  const of = (key: string) => Number(new RegExp(`^${key}:([\\d.]+)`, 'm').exec(info)?.[1]);
  return of('used_cpu_user') + of('used_cpu_sys');
}
