/** What a run cost. Times are of the machine that made it and no part of the result. */
import type { Bytes } from '../../core/units.ts';
import type { RunColumns } from './run-columns.ts';
import type { RunFacts, WritingStep } from './run-facts.ts';

export interface SpeedRow extends Pick<RunFacts, 'model' | 'task' | 'protocol' | 'items' | 'seconds'> {
  readonly runId: string;
  readonly itemsPerSecond: number;
  readonly sequencesPerSecond: number;
  readonly nfePerItem: number;
  /** 2 · parameters · NFE, for an item and one token of its sequences; see `FLOPS_FORMULA`. */
  readonly flopsPerItemToken: number;
  /** Written tokens a second over all texts; null where nothing is written. */
  readonly writtenTokensPerSecond: number | null;
  /** What the texts of each T took; empty where there are not several T, or none is timed. */
  readonly writing: readonly WritingStep[];
  /** Largest resident memory of the process over the sessions; null where none is stored. */
  readonly peakMemory: Bytes | null;
  readonly machine: string;
}

/** How the estimate of operations is made, for the page. */
export const FLOPS_FORMULA =
  'FLOPs ≈ 2 × parameters × NFE for an item, for every token of its sequences: one multiplication and one addition a weight. Lengths of sequences are not stored; multiply by them. Attention over the length and the readout of scored rows only are not counted.';

/** Runs with a measured time, in their order. */
export function speedRows(runs: readonly RunColumns[]): readonly SpeedRow[] {
  return runs.flatMap((run) => {
    const { facts, manifest, environment, runId, written } = run;
    const { model, task, protocol, seconds, nfe, writing = [] } = facts;
    const items = environment.sessions.reduce((sum, session) => sum + session.items, 0);
    const sequences = environment.sessions.reduce((sum, session) => sum + session.nfe, 0);
    if (!(seconds > 0) || facts.items === 0) return [];
    const tokens = written.reduce((sum, cost) => sum + cost.tokens, 0);
    const nfePerItem = nfe / facts.items;
    const peaks = environment.sessions.map((session) => session.peakMemoryBytes);
    return [
      {
        runId,
        model,
        task,
        protocol,
        items,
        seconds,
        itemsPerSecond: items / seconds,
        sequencesPerSecond: sequences / seconds,
        nfePerItem,
        flopsPerItemToken: 2 * manifest.model.parameters * nfePerItem,
        writtenTokensPerSecond: written.length === 0 ? null : tokens / seconds,
        writing: writing.length > 1 && writing.some((cost) => cost.seconds !== null) ? writing : [],
        peakMemory: peaks.length === 0 ? null : Math.max(...peaks),
        machine: [
          ...new Set(environment.sessions.map((session) => `${session.machine.cpu}, ${session.machine.cores} cores`)),
        ].join(' / '),
      },
    ];
  });
}
