/**
 * Several models of one task over the same items: accuracy over the diffusion steps T beside the level of left-to-right models,
 * and over what an item costs.
 */

import { groupBy } from '../../core/collect.ts';
import type { Estimate } from '../../core/estimate.ts';
import type { Seconds } from '../../core/units.ts';
import { estimateMetric } from '../../metrics/estimate-metric.ts';
import { isBounded } from '../../metrics/metric-spec.ts';
import type { WrittenViews } from '../../metrics/written-views.ts';
import type { ItemValue } from '../../stats/paired-values.ts';
import { totalWork, writingCosts } from '../../store/environment.ts';
import { namesOf, primaryRuns, type QuestionSet, type SetNames, stepRuns } from '../view/group-runs.ts';
import { judgesAllTexts, present, type RunColumns, textCount, type WrittenCost } from '../view/run-columns.ts';

/** One model at one T, or a left-to-right model. */
export interface ComparedPoint {
  /** null: depends on no T. */
  readonly steps: number | null;
  /** Over the common items. */
  readonly value: Estimate;
  /**
   * Sequences through the network for an item of the run, where texts were written in several views for those that the value judges; where
   * T share their passes, of the largest T for all, else null.
   */
  readonly nfe: number | null;
  /** Wall time for the same, on the machine of the run; null where it is not told apart, as of views. */
  readonly seconds: Seconds | null;
  /** Multiplications and additions of the network for the same; null where it is not stored, or not told apart. */
  readonly flops: number | null;
}

export interface ComparedModel {
  readonly model: string;
  readonly points: readonly ComparedPoint[];
}

export interface ComparedCurves extends SetNames {
  /** Of the diffusion models, without its `@T`. */
  readonly metric: string;
  /** In which texts were written; absent where each model wrote in one. */
  readonly writtenViews?: WrittenViews;
  /** Items that every model here has a value for, at every T. */
  readonly items: number;
  /** Diffusion models, each at several T. */
  readonly curves: readonly ComparedModel[];
  /** Left-to-right models, one point each. */
  readonly levels: readonly ComparedModel[];
  /** Models that share too few items with the others. */
  readonly leftOut: readonly string[];
}

/** The items that a model may take from the common ones, as a share of them. */
const MOST_LOST = 0.5;
const FURTHER = ['acc', 'accNelbo', 'accOfficial'];

interface Column {
  readonly steps: number | null;
  readonly run: RunColumns;
  readonly items: readonly ItemValue[];
}

interface Candidate {
  readonly model: string;
  readonly columns: readonly Column[];
}

/** One for each set with a diffusion model at several T and something to compare it with. */
export function comparedCurves(sets: readonly QuestionSet[]): readonly ComparedCurves[] {
  return sets.flatMap((set) => {
    const groups = stepRuns(set);
    const [first] = groups.flat();
    if (first === undefined) return [];
    const { headline } = first.facts;
    const of = (metric: string) => groups.flatMap((runs) => curveOf(metric, runs));
    const metrics = [...new Set([headline, ...FURTHER])].filter((metric) => isBounded(`${metric}@1`));
    const [best] = metrics
      .map((metric) => ({ metric, found: of(metric) }))
      .sort((a, b) => b.found.length - a.found.length);
    if (best === undefined || best.found.length === 0) return [];
    const causal = primaryRuns(set).filter(({ facts }) => facts.family === 'autoregressive');
    const levels = causal.flatMap((run) => levelOf(isBounded(headline) ? headline : 'acc', run));
    const { kept, ids, leftOut } = onCommonItems([...best.found, ...levels]);
    const shown = (all: readonly Candidate[], metric: string) =>
      all.filter((each) => kept.includes(each)).map((each) => comparedModel(each, metric, ids));
    if (kept.length < 2) return [];
    const curves = shown(best.found, best.metric);
    if (curves.length === 0) return [];
    const views = kept.flatMap(({ columns }) => columns.flatMap(({ run }) => run.facts.writtenViews ?? [])).slice(0, 1);
    return [
      {
        ...{ ...namesOf(set), metric: best.metric, items: ids.size },
        ...{ curves, levels: shown(levels, best.metric), leftOut },
        ...(views[0] === undefined ? {} : { writtenViews: views[0] }),
      },
    ];
  });
}

function curveOf(metric: string, runs: readonly RunColumns[]): Candidate[] {
  const steps = [...new Set(runs.flatMap(({ facts }) => facts.steps))].sort((a, b) => a - b);
  const columns = steps.flatMap((T): Column[] => {
    const found = runs.flatMap((run) => {
      const column = columnAt(run, metric, T);
      return column === undefined ? [] : [{ steps: T, run, items: present(run, column) }];
    });
    return found.slice(0, 1);
  });
  return columns.length < 2 ? [] : [{ model: columns[0]?.run.facts.model ?? '', columns }];
}

/** Of a run that wrote its texts at one T, the headline is of that T. */
function columnAt({ facts, written, columns }: RunColumns, metric: string, T: number): Float64Array | undefined {
  const isOfAll = written.length > 0 && facts.headline === metric && facts.steps.length === 1 && facts.steps[0] === T;
  return columns.get(`${metric}@${T}`) ?? (isOfAll ? columns.get(metric) : undefined);
}

function levelOf(metric: string, run: RunColumns): Candidate[] {
  const items = present(run, run.columns.get(metric));
  return items.length === 0 ? [] : [{ model: run.facts.model, columns: [{ steps: null, run, items }] }];
}

/** From the model with the most items on; one that shares too few with those before it is left out. */
function onCommonItems(all: readonly Candidate[]) {
  const idsOf = ({ columns }: Candidate) =>
    columns.map(({ items }): ReadonlySet<string> => new Set(items.map(({ id }) => id))).reduce(common);
  const sized = all.map((each) => ({ each, ids: idsOf(each) })).sort((a, b) => b.ids.size - a.ids.size);
  let ids: ReadonlySet<string> = sized[0]?.ids ?? new Set<string>();
  const kept: Candidate[] = [];
  const leftOut: string[] = [];
  for (const { each, ids: own } of sized) {
    const both = common(own, ids);
    if (both.size === 0 || both.size < MOST_LOST * ids.size) leftOut.push(each.model);
    else {
      kept.push(each);
      ids = both;
    }
  }
  return { kept, ids, leftOut };
}

const common = (a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...a].filter((id) => b.has(id)));

function comparedModel({ model, columns }: Candidate, metric: string, ids: ReadonlySet<string>): ComparedModel {
  const points = columns.map(({ steps, run, items }): ComparedPoint => {
    const chosen = items.filter(({ id }) => ids.has(id));
    const value = estimateMetric(steps === null ? metric : `${metric}@${steps}`, chosen);
    return { steps, value, ...costOf(steps, run) };
  });
  return { model, points };
}

/** For one item of the run, on all its items; of texts in several views the passes of those that are judged, all that is told apart. */
function costOf(steps: number | null, run: RunColumns): Pick<ComparedPoint, 'nfe' | 'seconds' | 'flops'> {
  const { facts, written, judged, environment } = run;
  if (!judgesAllTexts(run)) {
    const isOfAll = steps === null || facts.steps.length === 1;
    const texts = judged.filter((cost) => isOfAll || cost.steps === steps);
    return { nfe: texts.length === 0 ? null : passesOf(texts) / facts.items, seconds: null, flops: null };
  }
  const work = totalWork(environment);
  const whole = {
    nfe: facts.nfe / facts.items,
    seconds: facts.seconds > 0 ? facts.seconds / facts.items : null,
    flops: work === null ? null : work.flops / work.items,
  };
  if (steps === null || facts.steps.length === 1) return whole;
  const texts = groupBy(written, (cost) => cost.steps).get(steps) ?? [];
  if (texts.length === 0) return steps === facts.steps.at(-1) ? whole : { nfe: null, seconds: null, flops: null };
  const time = writingCosts(environment)[steps];
  const ofItem = (sum: number | undefined) =>
    time === undefined || time.texts === 0 || sum === undefined
      ? null
      : (sum / time.texts) * (textCount(texts) / facts.items);
  return {
    nfe: passesOf(texts) / facts.items,
    seconds: ofItem(time?.seconds),
    flops: ofItem(time?.flops),
  };
}

const passesOf = (costs: readonly WrittenCost[]): number => costs.reduce((sum, { nfe }) => sum + nfe, 0);
