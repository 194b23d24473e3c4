/** What `bench queue` shows and does. */
import { HarnessError } from '../core/errors.ts';
import type { Seconds } from '../core/units.ts';
import { removeRun } from './collector/run-queue.ts';
import { parsePlan } from './plan.ts';
import type { QueueConnection } from './redis/connect.ts';
import { PREFIX, queueName, RUNS, runKeys } from './redis/keys.ts';
import { tellWorkers } from './redis/news.ts';
import { parseRunState, type RunState } from './redis/run-state.ts';
import { refusals, SAID_EVERY, silences, type WorkerState, workerStates } from './redis/worker-state.ts';

/** A run in the queue. */
export interface QueuedRun {
  readonly id: string;
  /** null, like `model`, where another version of bench collects it. */
  readonly task: string | null;
  readonly model: string | null;
  /** How far it is; null where its collector has not said it. */
  readonly state: RunState | null;
  /** Of those that are left, at the rate so far; null where that is not known. */
  readonly secondsLeft: Seconds | null;
  /** Units that nobody has yet: its collector cuts more as these are taken. */
  readonly waiting: number;
  /** With a worker. */
  readonly active: number;
  /** Computed, not stored yet. */
  readonly computed: number;
  /** Nobody stores it while false: workers take no units of it. */
  readonly isCollected: boolean;
  readonly isPaused: boolean;
  readonly isDrained: boolean;
  /** Reasons by worker. */
  readonly refused: Readonly<Record<string, string>>;
}

/** A worker that lives. */
export interface QueueWorker extends WorkerState {
  /** It has said nothing for longer than it should: stopped, cut off, or killed a moment ago. */
  readonly isSilent: boolean;
}

export interface QueueStatus {
  readonly runs: readonly QueuedRun[];
  readonly workers: readonly QueueWorker[];
}

export async function queueStatus(connection: QueueConnection): Promise<QueueStatus> {
  const ids = (await connection.redis.smembers(RUNS)).sort();
  const runs: QueuedRun[] = [];
  for (const id of ids) runs.push(...(await queuedRun(connection, id)));
  return { runs, workers: await workersNow(connection) };
}

async function workersNow({ redis }: QueueConnection): Promise<readonly QueueWorker[]> {
  const states = await workerStates(redis);
  const silent = await silences(
    redis,
    states.map(({ name }) => name),
  );
  return states.map((state) => ({ ...state, isSilent: (silent.get(state.name) ?? 0) > 2 * SAID_EVERY }));
}

/** What may be done with the runs of a queue. */
export const ACTIONS = ['pause', 'resume', 'drain', 'clean'] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * Pauses runs, takes that back, ends them with the units in hand, or removes those that nobody collects.
 *
 * @param chosen beginnings of run ids; none = all
 * @returns the runs that were touched
 * @throws HarnessError 'unknown-name' where one fits no run
 */
export async function actOn(
  connection: QueueConnection,
  action: Action,
  chosen: readonly string[],
): Promise<readonly QueuedRun[]> {
  const { runs } = await queueStatus(connection);
  const unknown = chosen.find((start) => !runs.some(({ id }) => id.startsWith(start)));
  if (unknown !== undefined) {
    const hint = 'bench queue status';
    throw new HarnessError('unknown-name', `no run in the queue begins with ${unknown}`, { hint });
  }
  const fits = ({ id }: QueuedRun) => chosen.length === 0 || chosen.some((start) => id.startsWith(start));
  const touched = runs.filter((run) => fits(run) && (action !== 'clean' || !run.isCollected));
  for (const run of touched) await act(connection, action, run);
  return touched;
}

async function act(connection: QueueConnection, action: Action, { id }: QueuedRun): Promise<void> {
  const { bullmq, redis } = connection;
  const queue = new bullmq.Queue(queueName(id), { connection: redis, prefix: PREFIX });
  try {
    if (action === 'pause') await queue.pause();
    if (action === 'resume') {
      await queue.resume();
      await tellWorkers(redis);
    }
    if (action === 'drain') await redis.set(runKeys(id).drained, '1');
    if (action === 'clean') await removeRun(connection, id, queue);
  } finally {
    await queue.close();
  }
}

/** Empty where the run has ended meanwhile. */
async function queuedRun({ redis }: QueueConnection, id: string): Promise<readonly QueuedRun[]> {
  const keys = runKeys(id);
  const [text = null, collector, drained, said = null] = await redis.mget(
    ...[keys.plan, keys.collector, keys.drained, keys.state],
  );
  if (text === null) return [];
  const manifest = parsePlan(text)?.manifest;
  const state = parseRunState(said);
  const of = `${PREFIX}:${queueName(id)}`;
  return [
    {
      id,
      task: manifest?.task.name ?? null,
      model: manifest?.model.name ?? null,
      state,
      secondsLeft: state === null || state.itemsPerSecond === null ? null : state.left / state.itemsPerSecond,
      waiting: await redis.llen(`${of}:wait`),
      active: await redis.llen(`${of}:active`),
      computed: await redis.llen(keys.results),
      isCollected: collector !== null,
      isPaused: (await redis.hexists(`${of}:meta`, 'paused')) === 1,
      isDrained: drained !== null,
      refused: await refusals(redis, id),
    },
  ];
}
