/**
 * Plans a run of many items and hands it out, in a process of its own: prints a line of JSON with seconds and memory.
 *
 *     node dist/scripts/queue/enqueue.js PORT ITEMS UNIT      UNIT items a unit
 */

import { SILENT } from '../../src/evaluate/observer.ts';
import { answersOver } from '../../src/queue/collector/collect.ts';
import { RunQueue } from '../../src/queue/collector/run-queue.ts';
import { queuePlan } from '../../src/queue/plan.ts';
import { connectQueue } from '../../src/queue/redis/connect.ts';
import { unitId } from '../../src/queue/unit.ts';
import { peakMemoryBytes } from '../../src/runner/environment.ts';
import { planRun } from '../../src/runner/plan.ts';
import { runId } from '../../src/store/run-folder.ts';
import { scriptedRun } from '../../test/scripted/scripted-run.ts';
import { scriptedToAnswer } from './scripted-work.ts';

const [port = '', count = '', size = '', how = 'window'] = process.argv.slice(2);
const [items, unitSize] = [Number(count), Number(size)];
const small = scriptedRun({ rows: 1 });
const [first] = small.examples;
if (first === undefined) throw new Error('enqueue: a run of one row has an item');
// What a data set's texts take, a local run takes as well: here all items share a question.
const examples = Array.from({ length: items }, (_, index) => ({ ...first, id: `row-${index}`, index }));
const manifest = { ...small.manifest, dataset: { ...small.manifest.dataset, rows: items } };
const connection = await connectQueue(`redis://127.0.0.1:${port}`);
const before = { memory: process.memoryUsage().rss, started: performance.now() };
const planned = planRun(manifest, examples, { unitSize, order: 'dataset' });
if (how === 'window') await throughWindow();
else await allAtOnce();
const seconds = (performance.now() - before.started) / 1000;
const redisBytes = Number(/^used_memory_peak:(\d+)/m.exec(await connection.redis.info('memory'))?.[1]);
console.log(JSON.stringify({ seconds, peakBytes: peakMemoryBytes(), beforeBytes: before.memory, redisBytes }));
process.exit(0);

/** As `bench run --queue` does it: some units for each worker, until there are answers. */
async function throughWindow(): Promise<void> {
  const stop = new AbortController();
  const inputs = { ...small, manifest, examples };
  const answers = answersOver(connection, { ...SILENT, signal: stop.signal }, 30)(scriptedToAnswer(unitSize));
  const over = (async () => {
    for await (const _ of answers(planned, inputs));
  })();
  const wait = `bench:run-${runId(manifest)}:wait`;
  while ((await connection.redis.llen(wait)) === 0) await new Promise((done) => setTimeout(done, 5));
  stop.abort();
  await over;
}

/** What the window saves: every unit in Redis at once. */
async function allAtOnce(): Promise<void> {
  const id = runId(manifest);
  const plan = queuePlan(scriptedToAnswer(unitSize), manifest, small.machine, 30);
  const queue = new RunQueue(connection, id, plan, () => {});
  await queue.announce();
  for (let at = 0; at < planned.length; at += 10_000) {
    const units = planned.slice(at, at + 10_000).map((unit) => ({
      id: unitId(id, unit.items),
      from: unit.number * unitSize,
      count: unit.items.length,
    }));
    await queue.offer(units);
  }
}
