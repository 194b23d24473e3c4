/** One way of deciding the items of a task, held against a reference. */

import type { ItemRecord } from '../../src/core/record.ts';
import type { Ranking } from '../../src/core/response.ts';
import type { ExecutedRun } from '../../src/evaluate/execute-runs.ts';

export interface Decisions {
  readonly byItem: ReadonlyMap<string, { readonly ranking: Ranking; readonly undecided: boolean }>;
  readonly passes: number;
  readonly seconds: number;
  /** Runs of the network; null where they were not counted. */
  readonly batches: number | null;
}

/** Over all seeds of a way. */
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
  readonly batches: number | null;
  /** Those that are undecided under the first seed. */
  readonly open: readonly string[];
}

export function decisionsOf(
  { stored }: Pick<ExecutedRun, 'stored'>,
  seconds: number,
  batches: number | null,
): Decisions {
  const byItem = new Map(stored.records.flatMap((record) => decisionOf(record)));
  return { byItem, passes: stored.summary.nfe, seconds, batches };
}

function decisionOf({ id, score, response }: ItemRecord) {
  const view = response.kind === 'answered' ? Object.values(response.views)[0] : undefined;
  const named = Object.entries(view?.rankings ?? {}) as [string, Ranking][];
  const ranking = named.find(([, { best }]) => score.kind === 'scored' && best === score.answer)?.[1];
  if (ranking === undefined || score.kind !== 'scored') return [];
  return [[id, { ranking, undecided: score.undecided }] as const];
}

/** @param reference whose leads of two standard errors are the truth */
export function held(task: string, way: string, seeds: readonly Decisions[], reference: Decisions): Row {
  const found = seeds.flatMap(({ byItem }) => [...byItem]);
  const clear = found.filter(([id]) => {
    const truth = reference.byItem.get(id)?.ranking;
    return truth !== undefined && truth.margin >= 2 * truth.stderr;
  });
  const wrong = clear.filter(([id, { ranking }]) => ranking.best !== reference.byItem.get(id)?.ranking.best);
  const isOpen = ([, { undecided }]: (typeof found)[number]) => undecided;
  const sum = (of: (decisions: Decisions) => number) => seeds.reduce((total, each) => total + of(each), 0);
  return {
    ...{ task, way },
    items: found.length,
    clear: clear.length,
    wrong: wrong.length,
    wrongDecided: wrong.filter((each) => !isOpen(each)).length,
    undecided: found.filter(isOpen).length,
    passes: sum(({ passes }) => passes),
    seconds: sum(({ seconds }) => seconds),
    batches: seeds.some(({ batches }) => batches === null) ? null : sum(({ batches }) => batches ?? 0),
    open: [...(seeds[0]?.byItem ?? [])].filter(isOpen).map(([id]) => id),
  };
}
