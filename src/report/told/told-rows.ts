/** What models are told of the answer's length, and of what follows it, and what that is worth to them. */
import type { Estimate } from '../../core/estimate.ts';
import { commonPairs, differenceOf } from '../view/common-items.ts';
import { floorsOf, type RowFloors } from '../view/floors.ts';
import { namesOf, primaryRuns, type QuestionSet, type SetNames } from '../view/group-runs.ts';
import { type RunColumns, valuesOf } from '../view/run-columns.ts';
import type { ToldView } from './told-view.ts';

export interface ToldRow extends ToldView {
  readonly value: Estimate;
  /** Less the first row, item by item; null in it, and where no item has both. */
  readonly difference: Estimate | null;
}

/** One run's answers to the same questions, told more or less. */
export interface ToldRun extends SetNames, RowFloors {
  readonly model: string;
  readonly metric: string;
  readonly rows: readonly ToldRow[];
}

/** Of runs that were asked in two ways or more. */
export function toldRuns(sets: readonly QuestionSet[]): readonly ToldRun[] {
  return sets.flatMap((set) => primaryRuns(set).flatMap((run) => toldRun(set, run) ?? []));
}

function toldRun(set: QuestionSet, run: RunColumns): ToldRun | null {
  const { headline: metric, model } = run.facts;
  const rows = (run.task.told ?? []).flatMap((told, at) => toRow(run, metric, told, at === 0) ?? []);
  if (rows.length < 2) return null;
  return { ...namesOf(set), ...floorsOf(set, [run], metric), model, metric, rows };
}

/** null where the model was not asked so: a vocabulary without the tokens, or a text too long in every item. */
function toRow(run: RunColumns, metric: string, told: ToldView, isFirst: boolean): ToldRow | null {
  const name = isFirst ? metric : `${metric}@${told.view}`;
  const value = run.facts.metrics[name];
  if (value === undefined) return null;
  const pairs = isFirst ? [] : commonPairs(valuesOf(run, name), valuesOf(run, metric));
  return { ...told, value, difference: pairs.length === 0 ? null : differenceOf(metric, pairs) };
}
