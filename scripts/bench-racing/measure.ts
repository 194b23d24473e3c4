/** One way of deciding the items of a task, held against a reference. */

import type { ItemRecord } from '../../src/core/record.ts';
import type { Ranking } from '../../src/core/response.ts';
import { type ExecutedRun, executeRuns, type PreparedRuns } from '../../src/evaluate/execute-runs.ts';
import type { RunOptions } from '../../src/evaluate/options.ts';

export interface Decisions {
  readonly byItem: ReadonlyMap<string, { readonly ranking: Ranking; readonly undecided: boolean }>;
  readonly passes: number;
  readonly seconds: number;
}

export interface Row {
  readonly task: string;
  readonly way: string;
  readonly items: number;
  /** Of the items whose lead in the reference is at least two standard errors. */
  readonly clear: number;
  readonly wrong: number;
  /** Wrong ones that it calls decided. */
  readonly wrongDecided: number;
  readonly undecided: number;
  readonly passes: number;
  readonly seconds: number;
}

/** Every task under some options. */
export async function decide(prepared: PreparedRuns, options: RunOptions): Promise<readonly Decisions[]> {
  return (await executeRuns(prepared, options)).map(decisionsOf);
}

function decisionsOf({ stored, report }: ExecutedRun): Decisions {
  const byItem = new Map(stored.records.flatMap((record) => decisionOf(record)));
  return { byItem, passes: stored.summary.nfe, seconds: report.seconds };
}

function decisionOf({ id, score, response }: ItemRecord) {
  const view = response.kind === 'answered' ? Object.values(response.views)[0] : undefined;
  const named = Object.entries(view?.rankings ?? {}) as [string, Ranking][];
  const ranking = named.find(([, { best }]) => score.kind === 'scored' && best === score.answer)?.[1];
  if (ranking === undefined || score.kind !== 'scored') return [];
  return [[id, { ranking, undecided: score.undecided }] as const];
}

/** @param headline name of the ranking that decides, for the lead of the reference */
export function held(task: string, way: string, found: Decisions, reference: Decisions): Row {
  let [clear, wrong, wrongDecided, undecided] = [0, 0, 0, 0];
  for (const [id, { ranking, undecided: isOpen }] of found.byItem) {
    const truth = reference.byItem.get(id);
    if (isOpen) undecided += 1;
    if (truth === undefined || truth.ranking.margin < 2 * truth.ranking.stderr) continue;
    clear += 1;
    if (ranking.best === truth.ranking.best) continue;
    wrong += 1;
    if (!isOpen) wrongDecided += 1;
  }
  const { passes, seconds } = found;
  return { task, way, items: found.byItem.size, clear, wrong, wrongDecided, undecided, passes, seconds };
}
