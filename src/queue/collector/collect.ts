/** `bench run --queue`: hands the units of a run out, and gives what workers computed back to be stored. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Milliseconds } from '../../core/units.ts';
import type { Observer } from '../../evaluate/observer.ts';
import type { RunToAnswer } from '../../evaluate/run-parts.ts';
import { type AskInputs, unanswered } from '../../runner/ask-unit.ts';
import { describeMachine } from '../../runner/environment.ts';
import type { AnsweredUnit, WorkUnit } from '../../runner/plan.ts';
import type { Answers } from '../../runner/run.ts';
import { runId } from '../../store/run-folder.ts';
import { queuePlan } from '../plan.ts';
import type { QueueConnection } from '../redis/connect.ts';
import type { RedisClient } from '../redis/library.ts';
import { tellWorkers } from '../redis/news.ts';
import { parseResult } from '../result.ts';
import { unitId } from '../unit.ts';
import { type CollectorLock, takeCollectorLock } from './collector-lock.ts';
import { type PlannedItems, plannedItems } from './planned-items.ts';
import { type RunProgress, runProgress } from './run-progress.ts';
import { RunQueue } from './run-queue.ts';
import { type UnitDesk, unitDesk } from './unit-desk.ts';
import { type WorkerWatch, workerWatch } from './worker-watch.ts';

/** Results taken from Redis at once. */
const BATCH = 16;
/** For which a result is waited for, before the collector looks at other things. */
const WAIT: Milliseconds = 250;
/** For which others are waited for after the first one, as long as no worker waits for units: many are looked at in one go. */
const GATHERS: Milliseconds = 10;
/** Between two looks at what failed and what Redis lost. */
const CHECKED_EVERY: Milliseconds = 1000;

/** @param lockSeconds a worker that does not answer for so long loses its unit to another */
export const answersOver =
  (connection: QueueConnection, observer: Observer, lockSeconds: number): ((run: RunToAnswer) => Answers) =>
  (run) =>
  (units, inputs) =>
    collect(connection, observer, run, units, inputs, lockSeconds);

async function* collect(
  connection: QueueConnection,
  observer: Observer,
  run: RunToAnswer,
  units: readonly WorkUnit[],
  inputs: AskInputs,
  lockSeconds: number,
): AsyncGenerator<AnsweredUnit, void, undefined> {
  const { redis } = connection;
  const id = runId(inputs.manifest);
  const plan = queuePlan(run, inputs.manifest, describeMachine({}), lockSeconds);
  const lock = await takeCollectorLock(redis, id, observer.signal);
  const items = plannedItems(units, run.unitSize, inputs.examples);
  const desk = unitDesk(items.stretches(), run.unitSize, (stretch) => unitId(id, items.of(stretch)));
  const watch = workerWatch(redis, id, observer);
  const progress = runProgress(redis, id, desk, watch, observer);
  const queue = new RunQueue(connection, id, plan, (unit) => {
    progress.losses.note(unit);
    observer.noted(`${run.task}: a worker stopped answering; its unit goes to another`);
  });
  try {
    await queue.undrain();
    yield* collectAll({ redis, queue, lock, watch, desk, progress, items, inputs, signal: observer.signal });
    if (desk.isDone) await queue.remove();
  } finally {
    progress.end();
    await queue.close();
    await lock.release();
  }
}

interface Collection {
  readonly redis: RedisClient;
  readonly queue: RunQueue;
  readonly lock: CollectorLock;
  readonly watch: WorkerWatch;
  /** Knows what has no answer. */
  readonly desk: UnitDesk;
  readonly progress: RunProgress;
  readonly items: PlannedItems;
  readonly inputs: AskInputs;
  readonly signal: AbortSignal;
}

/** Ends when every item has an answer, after an abort, or when the run is drained. */
async function* collectAll(collection: Collection): AsyncGenerator<AnsweredUnit, void, undefined> {
  const { queue, lock, watch, desk, signal } = collection;
  await watch.look();
  await queue.announce();
  for (const unit of await queue.handedOut()) if (collection.items.has(unit)) desk.adopt(unit);
  let checkedAt = performance.now();
  let isDrained = false;
  while (!desk.isDone && !signal.aborted) {
    lock.requireHeld();
    if (!isDrained) await handOut(collection);
    const isDue = performance.now() - checkedAt >= CHECKED_EVERY;
    // Counted before results are taken: what is in neither, Redis has lost.
    const counts = isDue ? await queue.counts() : null;
    const taken = yield* takeResults(collection);
    if (counts !== null) {
      checkedAt = performance.now();
      yield* takeFailed(collection);
      isDrained = await queue.isDrained();
      if (isDrained && counts.active === 0 && taken === 0) return;
      if (!isDrained && counts.held < desk.out.size) await offerAgain(collection);
      await lookAround(collection);
    }
  }
}

/** Workers that may have nothing to do are told. */
async function handOut({ queue, desk, watch, redis }: Collection): Promise<void> {
  const before = desk.out.size;
  const units = desk.cut(watch.able());
  if (units.length === 0) return;
  await queue.offer(units);
  if (before <= watch.able()) await tellWorkers(redis);
}

/** Redis has lost something: the run, or some of its units. */
async function offerAgain({ queue, desk }: Collection): Promise<void> {
  await queue.announce();
  await queue.offer([...desk.out.values()]);
}

/** Who is there by now, and what that means for the units that wait. */
async function lookAround({ queue, desk, watch, progress }: Collection): Promise<void> {
  await watch.look();
  desk.rates.keep(watch.names());
  for (const unit of desk.tooLong()) if (await queue.withdraw(unit)) desk.withdrawn(unit);
  queue.allowLosses(progress.losses.allowed(progress.units));
  await progress.say();
}

/** The next results; a unit that is known already is given again, to be compared. */
async function* takeResults(collection: Collection): AsyncGenerator<AnsweredUnit, number, undefined> {
  const { queue, desk, items, progress } = collection;
  const texts = await resultsOf(collection);
  for (const text of texts) {
    const result = parseResult(text);
    if (result === null || !items.isOfRun(result.records)) continue;
    const { unit, from, by, records } = result;
    yield result;
    desk.rates.note(by.name, records.length, by.seconds);
    if (items.areAt(from, records)) desk.answered({ id: unit, from, count: records.length });
    progress.units++;
  }
  queue.taken(texts.length);
  return texts.length;
}

async function resultsOf({ queue, desk, watch }: Collection): Promise<readonly string[]> {
  const there = await queue.results(BATCH);
  if (there.length > 0) return there;
  const next = await queue.nextResult(WAIT);
  if (next === null) return [];
  if (desk.out.size <= 2 * watch.able()) return [next];
  await sleep(GATHERS);
  return await queue.results(BATCH);
}

/** What could not be computed is stored with its reason, once it was tried alone. */
async function* takeFailed({ queue, desk, items, inputs }: Collection): AsyncGenerator<AnsweredUnit, void, undefined> {
  for (const failed of await queue.failed()) {
    if (!items.has(failed)) {
      await queue.forget(failed);
    } else if (failed.count > 1) {
      await queue.forget(failed);
      await queue.offer(desk.singly(failed));
    } else {
      const unit = { number: failed.from, items: items.of(failed) };
      yield await unanswered(inputs, unit, { code: 'engine', reason: failed.reason });
      desk.answered(failed);
      await queue.forget(failed);
    }
  }
}
