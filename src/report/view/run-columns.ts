/**
 * A stored run as the report keeps it: the facts, and one number an item for everything that is compared or drawn. The
 * responses themselves are let go, so that many long runs fit in memory.
 */

import type { RunManifest } from '../../core/manifest.ts';
import type { ItemRecord } from '../../core/record.ts';
import type { MonteCarlo, Normalisation, RankingName, Written } from '../../core/response.ts';
import type { Fraction, Nats } from '../../core/units.ts';
import type { ItemValue } from '../../stats/paired-values.ts';
import type { RunEnvironment } from '../../store/environment.ts';
import type { StoredRun } from '../../store/stored-run.ts';
import { rankingOfRun } from '../../store/stored-run.ts';
import { type RunFacts, toRunFacts } from './run-facts.ts';

/** What the store does not know of a run's task. */
export interface TaskFacts {
  /** Accuracy of guessing; null where guessing is not a choice. */
  readonly chance: Fraction | null;
  /** What empty answers score, for tasks that state it; null where a task does not. */
  readonly emptyCompletion: Fraction | null;
  /** Normalisation of the ranking that decides `acc`; null where nothing is ranked. */
  readonly headline: Normalisation | null;
}

/** A bound of the right answers' total, with the Monte-Carlo error of each. Index as `RunColumns.ids`; NaN = no value. */
export interface BoundColumn {
  readonly values: Float64Array;
  readonly errors: Float64Array;
}

/** How much the chosen answer leads, in the units of the ranking. Index as `RunColumns.ids`; NaN = nothing ranked. */
export interface LeadColumn {
  readonly margins: Float64Array;
  readonly errors: Float64Array;
  /** 1 where the first or the second is the right answer, so that a change of places changes the score. */
  readonly decides: Uint8Array;
}

/** Cost of the texts written with T steps. */
export interface WrittenCost {
  readonly steps: number | null;
  readonly texts: number;
  readonly nfe: number;
  readonly tokens: number;
}

export interface RunColumns {
  readonly facts: RunFacts;
  readonly task: TaskFacts;
  readonly runId: string;
  readonly manifest: RunManifest;
  readonly environment: RunEnvironment;
  readonly expectedItems: number;
  /** In the order of the data set. */
  readonly ids: readonly string[];
  /** Metric -> its value for every item; NaN = none. */
  readonly columns: ReadonlyMap<string, Float64Array>;
  /** `nelbo`, `nelbo@T` of the right answer under the first view. Nats, summed over scored positions. */
  readonly bounds: ReadonlyMap<string, BoundColumn>;
  /** Of the ranking that decides `acc`; null where nothing is ranked. */
  readonly lead: LeadColumn | null;
  /** Name of that ranking, such as `nelbo/sum`; null where nothing is ranked. */
  readonly ranked: RankingName | null;
  readonly written: readonly WrittenCost[];
}

/** @param task what the store does not know of it */
export function toRunColumns(run: StoredRun, task: TaskFacts): RunColumns {
  const { records } = run;
  const ranked = rankingOfRun(run.manifest, task.headline);
  const lead = leadColumn(records, ranked);
  return {
    facts: toRunFacts(run, task.chance),
    task,
    runId: run.runId,
    manifest: run.manifest,
    environment: run.environment,
    expectedItems: run.summary.expectedItems,
    ids: records.map(({ id }) => id),
    columns: metricColumns(records),
    bounds: boundColumns(records),
    lead,
    ranked: lead === null ? null : ranked,
    written: writtenCosts(records),
  };
}

/** The values of a metric, for the items that have one. */
export function valuesOf(run: Pick<RunColumns, 'ids' | 'columns'>, metric: string): readonly ItemValue[] {
  return present(run.ids, run.columns.get(metric));
}

/** The numbers of a column with their items, without the items that have none. */
export function present(ids: readonly string[], column: Float64Array | undefined): readonly ItemValue[] {
  if (column === undefined) return [];
  return ids.flatMap((id, row) => {
    const value = column[row] as number;
    return Number.isNaN(value) ? [] : [{ id, value }];
  });
}

function metricColumns(records: readonly ItemRecord[]): ReadonlyMap<string, Float64Array> {
  const columns = new Map<string, Float64Array>();
  records.forEach(({ score }, row) => {
    if (score.kind !== 'scored') return;
    for (const [metric, value] of Object.entries(score.values)) put(columns, metric, records.length, row, value);
  });
  return columns;
}

function boundColumns(records: readonly ItemRecord[]): ReadonlyMap<string, BoundColumn> {
  const values = new Map<string, Float64Array>();
  const errors = new Map<string, Float64Array>();
  records.forEach((record, row) => {
    for (const [name, { value, stderr }] of boundsOfGold(record)) {
      put(values, name, records.length, row, value);
      put(errors, name, records.length, row, stderr);
    }
  });
  return new Map(
    [...values].map(([name, column]) => [name, { values: column, errors: errors.get(name) as Float64Array }]),
  );
}

function boundsOfGold({ score, response }: ItemRecord): [string, MonteCarlo][] {
  if (response.kind !== 'answered' || score.kind !== 'scored') return [];
  const gold = Object.values(response.views)[0]?.alternatives[score.gold];
  return Object.entries(gold?.quantities ?? {}).flatMap(([name, estimate]) =>
    name.startsWith('nelbo') && estimate !== undefined ? [[name, estimate]] : [],
  );
}

function leadColumn(records: readonly ItemRecord[], ranked: RankingName | null): LeadColumn | null {
  if (ranked === null) return null;
  const margins = new Float64Array(records.length).fill(Number.NaN);
  const errors = new Float64Array(records.length).fill(Number.NaN);
  const decides = new Uint8Array(records.length);
  records.forEach(({ response, score }, row) => {
    if (response.kind !== 'answered' || score.kind !== 'scored') return;
    const ranking = Object.values(response.views)[0]?.rankings[ranked];
    if (ranking === undefined || ranking.runnerUp === null) return;
    margins[row] = ranking.margin;
    errors[row] = ranking.stderr;
    decides[row] = ranking.best === score.gold || ranking.runnerUp === score.gold ? 1 : 0;
  });
  return margins.every(Number.isNaN) ? null : { margins, errors, decides };
}

function writtenCosts(records: readonly ItemRecord[]): readonly WrittenCost[] {
  const costs = new Map<number | null, WrittenCost>();
  for (const { steps, nfe, tokens } of records.flatMap(textsOf)) {
    const before = costs.get(steps) ?? { steps, texts: 0, nfe: 0, tokens: 0 };
    costs.set(steps, { steps, texts: before.texts + 1, nfe: before.nfe + nfe, tokens: before.tokens + tokens });
  }
  return [...costs.values()].sort((a, b) => (a.steps ?? 0) - (b.steps ?? 0));
}

const textsOf = ({ response }: ItemRecord): readonly Written[] =>
  response.kind === 'written' ? Object.values(response.views).flat() : [];

function put(columns: Map<string, Float64Array>, name: string, rows: number, row: number, value: Nats): void {
  const column = columns.get(name) ?? new Float64Array(rows).fill(Number.NaN);
  column[row] = value;
  columns.set(name, column);
}
