/** A unit that loses its worker again and again is given up at last, whatever tries are left, and the rest goes on. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis, OwnRedis } from '../../../scripts/queue/own-redis.ts';
import { until } from '../../../scripts/queue/processes.ts';
import { scriptedToAnswer } from '../../../scripts/queue/scripted-work.ts';
import { LEAST_BLAMED } from '../../../src/queue/collector/losses.ts';
import { RunQueue } from '../../../src/queue/collector/run-queue.ts';
import { queuePlan } from '../../../src/queue/plan.ts';
import { connectQueue, type QueueConnection } from '../../../src/queue/redis/connect.ts';
import { PREFIX, queueName } from '../../../src/queue/redis/keys.ts';
import { unitTaker } from '../../../src/queue/worker/unit-taker.ts';
import { scriptedRun } from '../../scripted/scripted-run.ts';

describe.skipIf(!hasRedis)('a unit whose workers vanish (needs redis-server)', { timeout: 60_000 }, () => {
  let folder = '';
  let redis: OwnRedis;
  let connection: QueueConnection;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bench-stalls-'));
    redis = await OwnRedis.start(folder);
    connection = await connectQueue(redis.url);
  });
  afterAll(async () => {
    connection.close();
    await redis.kill();
    await rm(folder, { recursive: true });
  });

  it.each([
    ['as often as units are allowed to', LEAST_BLAMED],
    ['more often, where workers die all the time', LEAST_BLAMED + 5],
  ])('fails when it has lost them %s, with the reason', async (_, allowed) => {
    const id = `a-run-${allowed}`;
    const { manifest, machine } = scriptedRun({ rows: 4 });
    const plan = queuePlan(scriptedToAnswer(2), manifest, machine, 0.1);
    let stalls = 0;
    const queue = new RunQueue(connection, id, plan, () => stalls++);
    queue.allowLosses(allowed);
    const units = [0, 2].map((from) => ({ id: `u${from}`, from, count: 2 }));
    const lost = units[0] as (typeof units)[number];
    await queue.offer([lost]);
    await queue.announce();
    const options = { connection: connection.redis, prefix: PREFIX, autorun: false, lockDuration: 100 };
    const taker = new connection.bullmq.Worker(queueName(id), null, options);
    for (let times = 0; times <= allowed; times++) {
      await until(
        'the unit waits',
        async () => (await taker.getNextJob(`gone-${times}`, { block: false })) !== undefined,
      );
      await until('it is taken away', () => stalls > times);
    }
    await queue.offer(units);
    const next = await unitTaker(connection, { id, plan, taker }, 'here:1').next();
    expect(next?.id).toBe('u2');
    expect(await queue.failed()).toEqual([
      {
        ...lost,
        reason: expect.stringMatching(
          /^job stalled more than allowable limit: its workers stopped answering \(try \d+, on here:1\)$/,
        ),
      },
    ]);
    await taker.close();
    await queue.close();
  });
});
