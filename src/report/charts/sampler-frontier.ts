/**
 * What samplers give for their forward passes: accuracy against passes and tokens a pass, each setting of a sampler (a T, a threshold)
 * a point, held by item against another sampler at the same cost, and the points that no other beats.
 */

import { groupBy } from '../../core/collect.ts';
import type { Estimate } from '../../core/estimate.ts';
import { type SamplerChoice, samplerText } from '../../core/samplers/choice.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import { estimateMetric } from '../../metrics/estimate-metric.ts';
import type { WrittenViews } from '../../metrics/written-views.ts';
import type { ItemValue } from '../../stats/paired-values.ts';
import { commonDifference } from '../view/common-items.ts';
import { namesOf, type QuestionSet, type SetNames } from '../view/group-runs.ts';
import { modelKey, type RunColumns, valuesOf, type WrittenCost } from '../view/run-columns.ts';

export interface FrontierPoint {
  /** As typed; `default`: the task's own. */
  readonly sampler: string;
  /** T; null where it plays no part. */
  readonly steps: number | null;
  /** Forward passes a text, and tokens of the text for each; means over the texts that `value` judges. */
  readonly passes: number;
  readonly tokensPerPass: number;
  readonly value: Estimate;
  /** Less the reference at the same passes; null on the reference itself, and where it writes with no fewer. */
  readonly atEqualCost: Estimate | null;
  /** Less the reference with its most passes; null there. */
  readonly toLargest: Estimate | null;
  /** No other point has as few passes and as high a value, one of them better. */
  readonly isOnFront: boolean;
}

export interface SamplerFrontier extends SetNames {
  readonly model: string;
  readonly metric: string;
  /** In which texts were written; absent where there is one. */
  readonly writtenViews?: WrittenViews;
  /** The sampler that others are held against. */
  readonly reference: string;
  /** Of one sampler after the other, the fewest passes first. */
  readonly points: readonly FrontierPoint[];
}

/** Of models whose texts of a task were written by several samplers, all else alike. */
export function samplerFrontiers(sets: readonly QuestionSet[]): readonly SamplerFrontier[] {
  return sets.flatMap((set) => {
    const written = set.runs.filter(({ judged, facts }) => judged.length > 0 && facts.family === 'diffusion');
    return [...groupBy(written, allButSampler).values()].flatMap((runs) => frontierOf(set, runs));
  });
}

/** What hangs on the sampler is left out, too: how many steps and draws have a say, and the seed of what it draws. */
function allButSampler(run: RunColumns): string {
  const { limit, subset, settings } = run.manifest;
  const { openFraction, shift, protocol } = settings;
  return canonicalJson({ model: modelKey(run), limit, subset: subset ?? null, openFraction, shift, protocol });
}

interface Measured extends Pick<FrontierPoint, 'sampler' | 'steps' | 'passes' | 'tokensPerPass'> {
  readonly items: readonly ItemValue[];
}

function frontierOf(set: QuestionSet, runs: readonly RunColumns[]): readonly SamplerFrontier[] {
  const bySampler = groupBy(runs, ({ manifest }) => nameOf(manifest.settings.sampler));
  const [first] = runs;
  if (bySampler.size < 2 || first === undefined) return [];
  const { headline: metric, model, writtenViews } = first.facts;
  const measured = runs.flatMap((run) => measuredOf(run, metric)).sort(inOrder);
  const reference = bySampler.has(DEFAULT) ? DEFAULT : nameOf(first.manifest.settings.sampler);
  const line = measured.filter(({ sampler }) => sampler === reference);
  if (line.length === 0) return [];
  const points = measured.map((point) => pointOf(point, line, metric, measured));
  return [
    {
      ...namesOf(set),
      model: plainName(model),
      metric,
      ...(writtenViews === undefined ? {} : { writtenViews }),
      reference,
      points,
    },
  ];
}

const DEFAULT = 'default';
const nameOf = (sampler: SamplerChoice | undefined): string => (sampler === undefined ? DEFAULT : samplerText(sampler));

/** Names of reports tell readings apart, here the sampler does. */
const plainName = (model: string): string => model.replace(/ \((?:default )?sampler[^)]*\)$/, '');

/** The same sampler under several thresholds is one line. */
export const lineOf = (sampler: string): string => sampler.replace(/:threshold=[^:]*/, '');

const inOrder = (a: Measured, b: Measured): number =>
  lineOf(a.sampler).localeCompare(lineOf(b.sampler)) || a.passes - b.passes || a.sampler.localeCompare(b.sampler);

/** A point for each T of a run; a larger T that takes no more passes writes the same. */
function measuredOf(run: RunColumns, metric: string): readonly Measured[] {
  const { sampler, steps: all } = run.manifest.settings;
  const costs = all.length === 0 ? [together(run.judged)] : run.judged;
  const distinct = costs.filter(({ nfe }, i) => i === 0 || nfe !== costs[i - 1]?.nfe);
  return distinct.flatMap(({ steps, texts, nfe, tokens }): Measured[] => {
    const items = valuesOf(run, costs.length === 1 ? metric : `${metric}@${steps}`);
    if (items.length === 0) return [];
    return [{ sampler: nameOf(sampler), steps, passes: nfe / texts, tokensPerPass: tokens / nfe, items }];
  });
}

/** Where T plays no part, or every text has its own. */
function together(costs: readonly WrittenCost[]): WrittenCost {
  const sum = (key: 'texts' | 'nfe' | 'tokens') => costs.reduce((total, cost) => total + cost[key], 0);
  return { steps: null, texts: sum('texts'), nfe: sum('nfe'), tokens: sum('tokens') };
}

function pointOf(
  { items, ...point }: Measured,
  line: readonly Measured[],
  metric: string,
  all: readonly Measured[],
): FrontierPoint {
  const largest = line.at(-1) as Measured;
  const isReference = line.some(({ sampler }) => sampler === point.sampler);
  const equal = isReference ? null : atCost(line, point.passes);
  const against = (theirs: readonly ItemValue[]) => commonDifference(metric, items, theirs, items.length);
  return {
    ...point,
    value: estimateMetric(metric, items),
    atEqualCost: equal === null ? null : against(equal),
    toLargest: isReference && point.passes === largest.passes ? null : against(largest.items),
    isOnFront: !all.some((other) => beats(other, point.passes, meanOf(items))),
  };
}

/**
 * What the reference gives for so many passes: a text by one of the two settings around them, by that chance which makes the mean
 * cost equal; so values are between those of both, item by item. With more passes than it takes, its largest. null below its least.
 */
function atCost(line: readonly Measured[], passes: number): readonly ItemValue[] | null {
  const above = line.findIndex((point) => point.passes >= passes);
  if (above < 0) return (line.at(-1) as Measured).items;
  const upper = line[above] as Measured;
  if (upper.passes === passes) return upper.items;
  const lower = line[above - 1];
  if (lower === undefined) return null;
  const share = (passes - lower.passes) / (upper.passes - lower.passes);
  const values = new Map(upper.items.map(({ id, value }) => [id, value]));
  return lower.items.flatMap(({ id, value, cluster }) => {
    const other = values.get(id);
    return other === undefined ? [] : [{ id, cluster, value: (1 - share) * value + share * other }];
  });
}

function beats(other: Measured, passes: number, value: number): boolean {
  const theirs = meanOf(other.items);
  return other.passes <= passes && theirs >= value && (other.passes < passes || theirs > value);
}

const meanOf = (items: readonly ItemValue[]): number => items.reduce((sum, { value }) => sum + value, 0) / items.length;
