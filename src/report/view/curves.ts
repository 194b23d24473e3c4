/**
 * What the number of diffusion steps T changes: accuracy, the bound and its two errors (the bias of the grid and
 * Monte-Carlo noise), and cost. Runs that differ in nothing but T are one curve.
 */

import type { Estimate } from '../../core/estimate.ts';
import type { Nats, Seconds } from '../../core/units.ts';
import { estimateMetric } from '../../metrics/estimate-metric.ts';
import { isBounded } from '../../metrics/metric-spec.ts';
import type { WrittenViews } from '../../metrics/written-views.ts';
import { pairedValues } from '../../stats/paired-values.ts';
import { sum } from '../../stats/sum.ts';
import { writingCosts } from '../../store/environment.ts';
import { differenceOf } from './common-items.ts';
import { floorsOf, type RowFloors } from './floors.ts';
import { namesOf, primaryRuns, type QuestionSet, type SetNames, stepRuns, stepsOf } from './group-runs.ts';
import {
  type BoundColumn,
  type ItemNames,
  judgesAllTexts,
  present,
  type RunColumns,
  textCount,
} from './run-columns.ts';

/** Beside the headline: choices by their bound and by the published score. */
const FURTHER = ['accNelbo', 'accLikelihood', 'accOfficial'];

export interface CurvePoint {
  readonly steps: number;
  readonly value: Estimate;
}

export interface AccuracyCurve {
  /** Name of the metric without its `@T`. */
  readonly metric: string;
  readonly points: readonly CurvePoint[];
}

export interface BoundPoint extends CurvePoint {
  /** NELBO_T − NELBO, paired by item: what a grid of T steps costs. */
  readonly gridBias: Estimate;
  /** Monte-Carlo standard error of the mean NELBO_T: what other masks would change. */
  readonly monteCarlo: Nats;
}

export interface BoundCurve {
  /** The bound in continuous time. */
  readonly continuous: Estimate;
  readonly points: readonly BoundPoint[];
}

export interface CostPoint {
  readonly steps: number;
  /** Sequences through the network for an item (for a text that the headline judges, where texts are written); null where T share their passes. */
  readonly nfe: number | null;
  /** Wall time for the same; null where one run holds several T or texts of several views, whose times are not told apart. */
  readonly seconds: Seconds | null;
}

export interface StepCurve extends SetNames, RowFloors {
  readonly model: string;
  readonly items: number;
  /** `shared`: every T comes from one set of passes; `separate`: each T was drawn or written by itself. */
  readonly passes: 'shared' | 'separate';
  readonly accuracies: readonly AccuracyCurve[];
  /** null where the bound of the right answer was not computed. */
  readonly bound: BoundCurve | null;
  readonly costs: readonly CostPoint[];
  /** In which views texts were written; absent where there is one. */
  readonly writtenViews?: WrittenViews;
  /** An item's cost over all T, and all its views, together. */
  readonly together: { readonly nfe: number; readonly seconds: Seconds };
  /** The headline of autoregressive models over those items of the curve that they have, where it is a share. */
  readonly baselines: readonly { readonly model: string; readonly value: Estimate }[];
}

export function stepCurves(sets: readonly QuestionSet[]): readonly StepCurve[] {
  return sets.flatMap((set) => stepRuns(set).flatMap((runs) => toCurve(set, runs)));
}

function toCurve(set: QuestionSet, runs: readonly RunColumns[]): StepCurve | [] {
  const steps = stepsOf(runs);
  const [first] = runs;
  if (first === undefined) return [];
  const { facts } = first;
  const total = (read: (run: RunColumns) => number) => runs.reduce((sum, run) => sum + read(run), 0);
  const accuracies = [...new Set([facts.headline, 'acc', ...FURTHER])].flatMap((metric) =>
    accuracyCurve(metric, steps, runs),
  );
  const bound = boundCurve(steps, runs);
  if (accuracies.length === 0 && bound === null) return [];
  const isShared = facts.stepsFrom === 'shared';
  return {
    ...namesOf(set),
    model: facts.model,
    items: facts.items,
    passes: isShared ? 'shared' : 'separate',
    accuracies,
    bound,
    costs: steps.map((each) => costPoint(each, runs, isShared)),
    ...(facts.writtenViews === undefined ? {} : { writtenViews: facts.writtenViews }),
    together: {
      nfe: total((run) => run.facts.nfe) / facts.items,
      seconds: total((run) => run.facts.seconds) / facts.items,
    },
    ...floorsOf(set, [first], facts.headline),
    baselines: baselinesOf(set, first),
  };
}

function accuracyCurve(metric: string, steps: readonly number[], runs: readonly RunColumns[]): AccuracyCurve[] {
  const points = steps.flatMap((each) => {
    const value = runs.flatMap((run) => valueAt(run, metric, each) ?? [])[0];
    return value === undefined ? [] : [{ steps: each, value }];
  });
  return points.length < 2 ? [] : [{ metric, points }];
}

/** Of a run that wrote its texts at one T, the headline is of that T. */
function valueAt({ facts, written }: RunColumns, metric: string, T: number): Estimate | null {
  const isOfAll = written.length > 0 && facts.headline === metric && facts.steps.length === 1 && facts.steps[0] === T;
  return facts.metrics[`${metric}@${T}`] ?? (isOfAll ? (facts.metrics[metric] ?? null) : null);
}

function boundCurve(steps: readonly number[], runs: readonly RunColumns[]): BoundCurve | null {
  const base = runs.find(({ bounds }) => bounds.has('nelbo'));
  const whole = base?.bounds.get('nelbo');
  if (base === undefined || whole === undefined) return null;
  const points = steps.flatMap((each) => {
    const run = runs.find(({ bounds }) => bounds.has(`nelbo@${each}`));
    const column = run?.bounds.get(`nelbo@${each}`);
    const reference = run?.bounds.get('nelbo');
    if (run === undefined || column === undefined || reference === undefined) return [];
    return [boundPoint(each, run, column, reference)];
  });
  if (points.length < 2) return null;
  return { continuous: meanOf(base, whole), points };
}

function boundPoint(steps: number, names: ItemNames, column: BoundColumn, whole: BoundColumn): BoundPoint {
  const pairs = pairedValues(present(names, column.values), present(names, whole.values));
  return {
    steps,
    value: meanOf(names, column),
    gridBias: differenceOf('nelbo', pairs),
    monteCarlo: monteCarloError(column),
  };
}

const meanOf = (names: ItemNames, { values }: BoundColumn): Estimate => estimateMetric('nelbo', present(names, values));

/** √(Σ s_i²) / n over the items that have a value: masks are drawn for each item by itself. */
export function monteCarloError({ errors }: BoundColumn): Nats {
  const squares = [...errors].filter((error) => !Number.isNaN(error)).map((error) => error * error);
  return squares.length === 0 ? 0 : Math.sqrt(sum(squares)) / squares.length;
}

function costPoint(steps: number, runs: readonly RunColumns[], isShared: boolean): CostPoint {
  if (isShared) return { steps, nfe: null, seconds: null };
  const alone = runs.find(({ facts }) => facts.steps.length === 1 && facts.steps[0] === steps);
  const texts = runs.flatMap(({ judged }) => judged).filter((cost) => cost.steps === steps);
  const count = textCount(texts);
  const nfe = count === 0 ? null : texts.reduce((sum, cost) => sum + cost.nfe, 0) / count;
  if (!runs.every(judgesAllTexts)) return { steps, nfe, seconds: null };
  const { facts } = alone ?? {};
  const seconds = secondsOfText(steps, runs) ?? (facts === undefined ? null : facts.seconds / facts.items);
  return { steps, nfe: nfe ?? (facts === undefined ? null : facts.nfe / facts.items), seconds };
}

/** As sessions measured it; null where texts were not written or not timed by T. */
function secondsOfText(steps: number, runs: readonly RunColumns[]): Seconds | null {
  const costs = runs.flatMap(({ environment }) => writingCosts(environment)[steps] ?? []);
  const texts = costs.reduce((sum, cost) => sum + cost.texts, 0);
  return texts === 0 ? null : costs.reduce((sum, cost) => sum + cost.seconds, 0) / texts;
}

function baselinesOf(set: QuestionSet, { facts: { headline }, ids }: RunColumns): StepCurve['baselines'] {
  const metric = isBounded(headline) ? headline : 'acc';
  const inCurve = new Set(ids);
  return primaryRuns(set).flatMap((run) => {
    if (run.facts.family !== 'autoregressive') return [];
    const items = present(run, run.columns.get(metric)).filter(({ id }) => inCurve.has(id));
    return items.length === 0 ? [] : [{ model: run.facts.model, value: estimateMetric(metric, items) }];
  });
}
