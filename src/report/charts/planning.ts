/**
 * Self-correction and order of writing, beside accuracy: of diffusion models from the steps that `--trace` kept, of both families whether
 * a text recovers from a wrong calculation.
 */

import type { Estimate } from '../../core/estimate.ts';
import type { ItemRecord } from '../../core/record.ts';
import type { ItemTrace } from '../../core/trace.ts';
import { judgedView } from '../../metrics/judged-texts.ts';
import { PLANNING, type PlanningName, planningOf } from '../../metrics/planning.ts';
import { layoutOf } from '../../stats/clustered/cluster-layout.ts';
import { estimateItems } from '../../stats/clustered/estimate-items.ts';
import type { ItemValue } from '../../stats/paired-values.ts';
import { mean } from '../../stats/sum.ts';
import { namesOf, primaryRuns, type QuestionSet, type SetNames } from '../view/group-runs.ts';
import { estimateText } from '../view/metric-text.ts';
import { present, type RunColumns, valuesOf } from '../view/run-columns.ts';

/** Name -> its value for every item; NaN = none. Index as the records. */
export type PlanningColumns = ReadonlyMap<PlanningName, Float64Array>;

export interface PlanningRow extends SetNames, Readonly<Partial<Record<PlanningName, Estimate>>> {
  readonly model: string;
  readonly metric: string;
  readonly value: Estimate;
  /** Of texts with a wrong calculation, those whose answer is right all the same; absent where none has one. */
  readonly recovered?: Estimate;
}

/** Of the texts with the most steps that metrics without a view's name judge; the mean over repetitions. null where no step was kept. */
export function planningColumns(
  records: readonly ItemRecord[],
  traces: ReadonlyMap<string, ItemTrace>,
): PlanningColumns | null {
  if (traces.size === 0) return null;
  const columns = new Map(PLANNING.map((name) => [name, new Float64Array(records.length).fill(Number.NaN)]));
  records.forEach((record, row) => {
    const found = textsOf(record, traces.get(record.id));
    for (const name of PLANNING) {
      const values = found.flatMap((each) => each[name] ?? []);
      if (values.length > 0) (columns.get(name) as Float64Array)[row] = mean(values);
    }
  });
  return columns;
}

function textsOf(record: ItemRecord, trace: ItemTrace | undefined) {
  const { response } = record;
  if (response.kind !== 'written' || trace === undefined) return [];
  const judged = judgedView(record);
  const texts = trace.texts.filter(({ view }) => view === judged);
  const most = Math.max(...texts.map(({ steps }) => steps));
  return texts.flatMap((text) => {
    const written = response.views[text.view]?.find(
      ({ steps, draw }) => draw === text.draw && (steps ?? text.steps) === text.steps,
    );
    return written === undefined || text.steps !== most ? [] : [planningOf(text, written.tokens)];
  });
}

/** A row for each model that has steps, or calculations to recover from. */
export function planningRows(sets: readonly QuestionSet[]): readonly PlanningRow[] {
  return sets.flatMap((set) => {
    const traced = set.runs.filter(({ planning }) => planning !== undefined);
    const causal = primaryRuns(set).filter(({ facts }) => facts.family === 'autoregressive');
    return traced.length === 0 ? [] : [...causal, ...traced].flatMap((run) => rowOf(set, run));
  });
}

function rowOf(set: QuestionSet, run: RunColumns): readonly PlanningRow[] {
  const { model, headline: metric, metrics } = run.facts;
  const value = metrics[metric];
  if (value === undefined) return [];
  const wrong = new Set(valuesOf(run, 'invalidSteps').flatMap(({ id, value: of }) => (of > 0 ? [id] : [])));
  const recovered = valuesOf(run, metric).filter(({ id }) => wrong.has(id));
  const found = PLANNING.flatMap((name) => {
    const items = present(run, run.planning?.get(name));
    return items.length === 0 ? [] : [[name, estimateOf(name, items)] as const];
  });
  const further = recovered.length === 0 ? {} : { recovered: estimateOf('recovered', recovered) };
  return [{ ...namesOf(set), model, metric, value, ...Object.fromEntries(found), ...further }];
}

function estimateOf(name: PlanningName | 'recovered', items: readonly ItemValue[]): Estimate {
  const values = items.map(({ value }) => value);
  return estimateItems(layoutOf(items), values, { isBounded: name !== 'order' });
}

/** A correlation as it is, a share in percent; with the interval. */
export function planningText(name: PlanningName | 'recovered', estimate: Estimate): string {
  if (name !== 'order') return estimateText('acc', 'diffusion', estimate);
  const [value, low, high] = [estimate.value, estimate.low, estimate.high].map((x) => x.toFixed(2));
  return `${value} [${low}, ${high}]`;
}
