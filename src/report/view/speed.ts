/** What a run cost. Times are of the machine that made it and no part of the result. */
import { groupBy } from '../../core/collect.ts';
import type { Bytes } from '../../core/units.ts';
import { type Machine, type Session, type SessionWorker, totalWork } from '../../store/environment.ts';
import type { RunColumns, WrittenCost } from './run-columns.ts';
import type { RunFacts, WritingStep } from './run-facts.ts';

export interface SpeedRow extends Pick<RunFacts, 'model' | 'task' | 'protocol' | 'items' | 'seconds'> {
  readonly runId: string;
  readonly itemsPerSecond: number;
  readonly sequencesPerSecond: number;
  readonly nfePerItem: number;
  /** Tokens of an item's sequences, and what the network computes for them, see `ABOUT_FLOPS`; null where sessions do not say it. */
  readonly netTokensPerItem: number | null;
  readonly flopsPerItem: number | null;
  /** Written tokens a second over all texts; null where nothing is written. */
  readonly writtenTokensPerSecond: number | null;
  /** What the texts of each T took, all of it means over the texts of all views; empty where there are not several T, or none is timed. */
  readonly writing: readonly WritingStep[];
  /** Largest resident memory of the process over the sessions; null where none is stored. */
  readonly peakMemory: Bytes | null;
  readonly machine: string;
}

/** What is counted, for the page. */
export const ABOUT_FLOPS =
  'FLOPs an item: multiplications and additions of all matrix products for its sequences, as counted while they ran: two for each value of the weight matrices and each token, 4 × heads × head width × length in each layer for attention, and the readout of the rows that are read. Padding, norms and softmax are not counted; runs of earlier versions did not store it (–).';

/** Runs with a measured time, in their order. */
export function speedRows(runs: readonly RunColumns[]): readonly SpeedRow[] {
  return runs.flatMap((run) => {
    const { facts, environment, runId, written } = run;
    const work = totalWork(environment);
    const { model, task, protocol, seconds, nfe, writing = [] } = facts;
    const items = environment.sessions.reduce((sum, session) => sum + session.items, 0);
    const sequences = environment.sessions.reduce((sum, session) => sum + session.nfe, 0);
    if (!(seconds > 0) || facts.items === 0) return [];
    const tokens = written.reduce((sum, cost) => sum + cost.tokens, 0);
    const nfePerItem = nfe / facts.items;
    const peaks = environment.sessions.map((session) => session.peakMemoryBytes);
    return {
      runId,
      model,
      task,
      protocol,
      items,
      seconds,
      itemsPerSecond: items / seconds,
      sequencesPerSecond: sequences / seconds,
      nfePerItem,
      netTokensPerItem: work === null ? null : work.tokens / work.items,
      flopsPerItem: work === null ? null : work.flops / work.items,
      writtenTokensPerSecond: written.length === 0 ? null : tokens / seconds,
      writing: writing.length > 1 && writing.some((cost) => cost.seconds !== null) ? overViews(writing, written) : [],
      peakMemory: peaks.length === 0 ? null : Math.max(...peaks),
      machine: [...new Set(environment.sessions.flatMap(machinesOf))].join(' / '),
    };
  });
}

/** Passes over the same texts as time and FLOPs. */
const overViews = (writing: readonly WritingStep[], written: readonly WrittenCost[]): readonly WritingStep[] =>
  writing.map((step) => {
    const cost = written.find(({ steps }) => steps === step.steps);
    return cost === undefined ? step : { ...step, nfe: cost.nfe / cost.texts };
  });

/** Who computed in a session; of workers each machine, with what its workers did together. */
function machinesOf({ machine, workers }: Session): readonly string[] {
  if (workers === undefined) return [machineText(machine)];
  return [...groupBy(workers, (worker) => worker.machine.host)].map(([host, those]) => {
    const items = those.reduce((sum, each) => sum + each.items, 0);
    const rate = those.reduce((sum, each) => sum + (each.seconds > 0 ? each.items / each.seconds : 0), 0);
    const said = [`${those.length} ${those.length === 1 ? 'worker' : 'workers'}`, `${items} items`];
    if (rate > 0) said.push(`${rate.toPrecision(3)} a second`);
    return `${machineText((those[0] as SessionWorker).machine)} (${host}: ${said.join(', ')})`;
  });
}

const machineText = ({ cpu, cores }: Machine): string => `${cpu}, ${cores} cores`;
