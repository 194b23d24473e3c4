/**
 * A stored run as the report keeps it: the facts, and one number an item for everything that is compared or drawn. The
 * responses themselves are let go, so that many long runs fit in memory.
 */

import type { RunManifest } from '../../core/manifest.ts';
import { deviceOf } from '../../core/model.ts';
import type { RankingName } from '../../core/response.ts';
import type { PlanningName } from '../../metrics/planning.ts';
import type { ItemValue } from '../../stats/paired-values.ts';
import type { RunEnvironment, WritingCost } from '../../store/environment.ts';
import type { TaskHeadline } from '../../store/stored-run.ts';
import type { ToldView } from '../told/told-view.ts';
import type { RunFacts, ShownTask } from './run-facts.ts';

/** What the store does not know of a run's task and model. */
export interface TaskFacts extends TaskHeadline, Omit<ShownTask, 'metric'> {
  /** Whether the catalog has its model; absent: nobody knows. */
  readonly isListedModel?: boolean;
  /** What its views tell a model of the answer, in their order; of written questions. */
  readonly told?: readonly ToldView[];
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
export interface WrittenCost extends Pick<WritingCost, 'texts' | 'nfe' | 'tokens'> {
  readonly steps: number | null;
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
  /** What each item shares with others; null where none shares anything. Index as `ids`. */
  readonly clusters: readonly (string | null)[] | null;
  /** Metric -> its value for every item; NaN = none. */
  readonly columns: ReadonlyMap<string, Float64Array>;
  /** `loglikelihood`, `marginal`, `tube`, `nelbo`, `nelbo@T`, `duel:RULE` of the right answer under the first view. Nats, summed over scored positions. */
  readonly bounds: ReadonlyMap<string, BoundColumn>;
  /** Metric that is no choice -> its Monte-Carlo standard error for every item; 0 = exact. Absent where none has any. */
  readonly errors?: ReadonlyMap<string, Float64Array>;
  /** Scored tokens of the right answer. Index as `ids`; NaN = not scored. */
  readonly goldTokens: Float64Array;
  /** Of the ranking that decides `acc`; null where nothing is ranked. */
  readonly lead: LeadColumn | null;
  /** Name of that ranking, such as `nelbo/sum`; null where nothing is ranked. */
  readonly ranked: RankingName | null;
  /** Of all texts, under all views: what the run took. */
  readonly written: readonly WrittenCost[];
  /** Of the texts that metrics without a view's name judge: what stands beside their values. */
  readonly judged: readonly WrittenCost[];
  /** How texts came about, for every item; NaN = not known. Absent where no steps were kept. */
  readonly planning?: ReadonlyMap<PlanningName, Float64Array>;
}

/** The values of a metric, for the items that have one. */
export function valuesOf(run: ItemNames & Pick<RunColumns, 'columns'>, metric: string): readonly ItemValue[] {
  return present(run, run.columns.get(metric));
}

/** Whether a run wrote nothing but what such metrics judge. Where it did not, its times and FLOPs are of other texts too, not told apart by view. */
export const judgesAllTexts = ({ written, judged }: Pick<RunColumns, 'written' | 'judged'>): boolean =>
  textCount(written) === textCount(judged);

export const textCount = (costs: readonly Pick<WrittenCost, 'texts'>[]): number =>
  costs.reduce((sum, { texts }) => sum + texts, 0);

export type ItemNames = Pick<RunColumns, 'ids' | 'clusters'>;

/** The numbers of a column with their items, without the items that have none. */
export function present({ ids, clusters }: ItemNames, column: Float64Array | undefined): readonly ItemValue[] {
  if (column === undefined) return [];
  return ids.flatMap((id, row) => {
    const value = column[row] as number;
    return Number.isNaN(value) ? [] : [{ id, value, cluster: clusters?.[row] }];
  });
}

/** Runs of one model: one name, one set of weights held in one dtype or the same two, computed on one device, read as one family. */
export function modelKey({ manifest: { model, settings } }: RunColumns): string {
  const held = settings.precision === undefined ? [model.dtype] : [model.dtype, settings.precision.cheap];
  return JSON.stringify([model.name, model.family, model.weightsDigest, ...held, deviceOf(model)]);
}

/** The number of denoising steps that the headline is of; null where it depends on none. */
export function stepsOfHeadline({ facts }: RunColumns): number | null {
  return facts.stepsFrom === 'separate' ? (facts.steps.at(-1) ?? null) : null;
}
