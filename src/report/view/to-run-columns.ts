/** From a stored run to its columns. */

import { getOrInsert } from '../../core/collect.ts';
import type { ItemRecord } from '../../core/record.ts';
import type { AlternativeScore, MonteCarlo, RankingName, Written } from '../../core/response.ts';
import type { Nats } from '../../core/units.ts';
import { answerErrors } from '../../metrics/answer-errors.ts';
import { decidingLead, decidingView } from '../../metrics/deciding-lead.ts';
import { judgedTexts } from '../../metrics/judged-texts.ts';
import { rankingOfRun, type StoredRun } from '../../store/stored-run.ts';
import type { BoundColumn, LeadColumn, RunColumns, TaskFacts, WrittenCost } from './run-columns.ts';
import { textsOf, toRunFacts } from './to-run-facts.ts';

/** @param task what the store does not know of it */
export function toRunColumns(run: StoredRun, task: TaskFacts): RunColumns {
  const { records } = run;
  const ranked = rankingOfRun(run.manifest, task.ranking);
  const lead = leadColumn(records, ranked);
  return {
    facts: toRunFacts(run, task),
    task,
    runId: run.runId,
    manifest: run.manifest,
    environment: run.environment,
    expectedItems: run.summary.expectedItems,
    ids: records.map(({ id }) => id),
    clusters: records.some(({ cluster }) => cluster !== undefined)
      ? records.map(({ cluster }) => cluster ?? null)
      : null,
    columns: metricColumns(records),
    bounds: boundColumns(records),
    errors: errorColumns(records),
    goldTokens: Float64Array.from(records, (record) => goldOf(record)?.tokens ?? Number.NaN),
    lead,
    ranked: lead === null ? null : ranked,
    written: writtenCosts(records.flatMap(textsOf)),
    judged: writtenCosts(records.flatMap(judgedTexts)),
  };
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

function errorColumns(records: readonly ItemRecord[]): ReadonlyMap<string, Float64Array> {
  const columns = new Map<string, Float64Array>();
  records.forEach((record, row) => {
    const gold = goldOf(record);
    if (gold === undefined || record.score.kind !== 'scored') return;
    for (const [metric, error] of Object.entries(answerErrors(gold, record.score.values))) {
      getOrInsert(columns, metric, () => new Float64Array(records.length))[row] = error;
    }
  });
  return columns;
}

/** The likelihood of the right answer, or what is known of it. */
const BOUNDS = /^(nelbo|marginal$|tube$|loglikelihood$|duel:)/;

/** The right answer under the view that decides. */
function goldOf({ score, response }: ItemRecord): AlternativeScore | undefined {
  if (response.kind !== 'answered' || score.kind !== 'scored') return undefined;
  return decidingView(response.views)?.alternatives[score.gold];
}

function boundsOfGold(record: ItemRecord): [string, MonteCarlo][] {
  return Object.entries(goldOf(record)?.quantities ?? {}).flatMap(([name, estimate]) =>
    BOUNDS.test(name) && estimate !== undefined ? [[name, estimate]] : [],
  );
}

function leadColumn(records: readonly ItemRecord[], ranked: RankingName | null): LeadColumn | null {
  if (ranked === null) return null;
  const margins = new Float64Array(records.length).fill(Number.NaN);
  const errors = new Float64Array(records.length).fill(Number.NaN);
  const decides = new Uint8Array(records.length);
  records.forEach(({ response, score }, row) => {
    if (response.kind !== 'answered' || score.kind !== 'scored') return;
    const view = decidingView(response.views);
    const lead = view === undefined ? null : decidingLead(view, ranked, score.gold);
    if (lead === null) return;
    margins[row] = lead.margin;
    errors[row] = lead.stderr;
    decides[row] = lead.decides ? 1 : 0;
  });
  return margins.every(Number.isNaN) ? null : { margins, errors, decides };
}

function writtenCosts(texts: readonly Written[]): readonly WrittenCost[] {
  const costs = new Map<number | null, WrittenCost>();
  for (const { steps, nfe, tokens } of texts) {
    const before = costs.get(steps) ?? { steps, texts: 0, nfe: 0, tokens: 0 };
    costs.set(steps, { steps, texts: before.texts + 1, nfe: before.nfe + nfe, tokens: before.tokens + tokens });
  }
  return [...costs.values()].sort((a, b) => (a.steps ?? 0) - (b.steps ?? 0));
}

function put(columns: Map<string, Float64Array>, name: string, rows: number, row: number, value: Nats): void {
  getOrInsert(columns, name, () => new Float64Array(rows).fill(Number.NaN))[row] = value;
}
