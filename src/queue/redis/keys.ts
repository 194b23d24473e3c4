/** Names of what lies in Redis. Everything of a run goes when it is complete; what is left of a broken one, `bench queue clean` removes. */

/** Also BullMQ's. */
export const PREFIX = 'bench';

/** Ids of the runs that are handed out. */
export const RUNS = `${PREFIX}:runs`;
/** Channel on which workers hear that units wait. */
export const NEWS = `${PREFIX}:news`;
/** Names of workers. */
export const WORKERS = `${PREFIX}:workers`;
export const workerKey = (name: string): string => `${PREFIX}:worker:${name}`;

/** BullMQ's name of a run's queue. */
export const queueName = (runId: string): string => `run-${runId}`;

/** Keys of a run besides its queue. */
export const runKeys = (runId: string) => ({
  plan: `${PREFIX}:plan:${runId}`,
  /** What workers computed, the oldest first; taken out when it is stored. */
  results: `${PREFIX}:results:${runId}`,
  /** Who collects; ends by itself where nobody renews it. */
  collector: `${PREFIX}:collector:${runId}`,
  /** Reasons by name of the workers that cannot compute it. */
  refused: `${PREFIX}:refused:${runId}`,
  /** How far it is, see `RunState`. */
  state: `${PREFIX}:state:${runId}`,
  /** Set where `bench queue drain` was asked for. */
  drained: `${PREFIX}:drained:${runId}`,
});
