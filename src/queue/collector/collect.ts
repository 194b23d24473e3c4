/** `bench run --queue`: hands the units of a run out, and gives what workers computed back to be stored. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Milliseconds } from '../../core/units.ts';
import type { Observer } from '../../evaluate/observer.ts';
import type { RunToAnswer } from '../../evaluate/run-parts.ts';
import { type AskInputs, unanswered } from '../../runner/ask-unit.ts';
import { describeMachine } from '../../runner/environment.ts';
import type { WorkUnit } from '../../runner/plan.ts';
import type { Answers } from '../../runner/run.ts';
import type { AnsweredUnit } from '../../runner/unit-watch.ts';
import { runId } from '../../store/run-folder.ts';
import { queuePlan, unitId } from '../plan.ts';
import type { QueueConnection } from '../redis/connect.ts';
import { parseResult } from '../result.ts';
import { CollectorLock } from './collector-lock.ts';
import { RunQueue } from './run-queue.ts';
import { WorkerWatch } from './worker-watch.ts';

/** Results taken from Redis at once. */
const BATCH = 16;
const POLL: Milliseconds = 50;
/** Between two looks at what failed and what Redis lost. */
const CHECKED_EVERY: Milliseconds = 1000;

/** @param lockSeconds a worker that does not answer for so long loses its unit to another */
export function answersOver(
  connection: QueueConnection,
  observer: Observer,
  lockSeconds: number,
): (run: RunToAnswer) => Answers {
  return (run) => (units, inputs) => collect(connection, observer, run, units, inputs, lockSeconds);
}

async function* collect(
  connection: QueueConnection,
  observer: Observer,
  run: RunToAnswer,
  units: readonly WorkUnit[],
  inputs: AskInputs,
  lockSeconds: number,
): AsyncGenerator<AnsweredUnit, void, undefined> {
  const { signal } = observer;
  const id = runId(inputs.manifest);
  const plan = queuePlan(run, inputs.manifest, describeMachine({}), units.length, lockSeconds);
  const lock = await CollectorLock.take(connection.redis, id, signal);
  const queue = new RunQueue(connection, id, plan, () =>
    observer.noted(`${run.task}: a worker stopped answering; its unit goes to another`),
  );
  const watch = new WorkerWatch(connection.redis, id, observer);
  try {
    const pending = new Map(units.map((unit) => [unitId(id, unit), unit]));
    const indices = new Map(inputs.examples.map((example) => [example.id, example.index]));
    await queue.undrain();
    yield* collectAll({ queue, lock, watch, pending, inputs, indices, signal });
    if (pending.size === 0) await queue.remove();
  } finally {
    await queue.close();
    await lock.release();
  }
}

interface Collection {
  readonly queue: RunQueue;
  readonly lock: CollectorLock;
  readonly watch: WorkerWatch;
  /** Units without an answer, by name; those that get one are taken out. */
  readonly pending: Map<string, WorkUnit>;
  readonly inputs: AskInputs;
  /** Of all items of the run, by id. */
  readonly indices: ReadonlyMap<string, number>;
  readonly signal: AbortSignal;
}

/** Ends when every unit has an answer, after an abort, or when the run is drained. */
async function* collectAll(collection: Collection): AsyncGenerator<AnsweredUnit, void, undefined> {
  const { queue, lock, watch, pending, signal } = collection;
  const offered = () => queue.offer([...pending].map(([id, { number }]) => [id, number] as const));
  await offered();
  let checkedAt = performance.now();
  while (pending.size > 0 && !signal.aborted) {
    lock.requireHeld();
    const isDue = performance.now() - checkedAt >= CHECKED_EVERY;
    // Counted before results are taken: what is in neither, Redis has lost.
    const counts = isDue ? await queue.counts() : null;
    const taken = yield* takeResults(collection);
    if (counts !== null) {
      checkedAt = performance.now();
      yield* takeFailed(collection);
      await watch.look();
      const isDrained = await queue.isDrained();
      if (isDrained && counts.active === 0 && taken === 0) return;
      if (!isDrained && counts.held < pending.size) await offered();
    }
    if (taken === 0) await sleep(POLL);
  }
}

/** The next results; a unit that is known already is given again, to be compared. */
async function* takeResults({ queue, pending, indices }: Collection): AsyncGenerator<AnsweredUnit, number, undefined> {
  const texts = await queue.results(BATCH);
  for (const text of texts) {
    const result = parseResult(text);
    if (result === null || !isOf(indices, result)) continue;
    yield result;
    pending.delete(result.unit);
  }
  if (texts.length > 0) await queue.taken(texts.length);
  return texts.length;
}

const isOf = (indices: ReadonlyMap<string, number>, { records }: AnsweredUnit): boolean =>
  records.every(({ id, index }) => indices.get(id) === index);

/** What could not be computed is stored with its reason. */
async function* takeFailed({ queue, pending, inputs }: Collection): AsyncGenerator<AnsweredUnit, void, undefined> {
  for (const failed of await queue.failed()) {
    const unit = pending.get(failed.id);
    if (unit !== undefined) yield await unanswered(inputs, unit, { code: 'engine', reason: failed.reason });
    pending.delete(failed.id);
    await queue.forget(failed);
  }
}
