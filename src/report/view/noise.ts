/** The error of each headline by cause: other items, other masks, other seeds; and the answers that masks leave open. */

import { groupBy } from '../../core/collect.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import { noiseOfItems } from '../../stats/clustered/clustered-noise-budget.ts';
import type { NoiseBudget } from '../../stats/noise-budget.ts';
import { rightnessDeviation, type Undecided, undecided } from '../../stats/undecided.ts';
import { namesOf, primaryRuns, type QuestionSet, type SetNames } from './group-runs.ts';
import { type RunColumns, valuesOf } from './run-columns.ts';

export interface NoiseRow extends SetNames {
  readonly model: string;
  readonly metric: string;
  readonly items: number;
  readonly budget: NoiseBudget;
  /** Items whose leading answer other masks could change; null where nothing is ranked. */
  readonly undecided: Undecided | null;
  /** Seeds of the runs that differ in nothing else; one = the share of seeds is unknown. */
  readonly seeds: readonly number[];
}

export function noiseRows(sets: readonly QuestionSet[]): readonly NoiseRow[] {
  return sets.flatMap((set) => {
    const bySeed = groupBy(set.runs, sameButSeed);
    return primaryRuns(set).flatMap((run) => toRow(set, run, bySeed.get(sameButSeed(run)) ?? [run]));
  });
}

function sameButSeed({ manifest: { model, limit, subset, settings }, facts }: RunColumns): string {
  return canonicalJson({
    model,
    limit,
    subset: subset ?? null,
    items: facts.items,
    settings: { ...settings, seed: 0 },
  });
}

function toRow(set: QuestionSet, run: RunColumns, repeats: readonly RunColumns[]): NoiseRow | [] {
  const { facts } = run;
  const metric = facts.headline;
  const values = valuesOf(run, metric);
  if (values.length < 2) return [];
  const errors = errorsOf(run, metric);
  const known = new Map(run.ids.map((id, row) => [id, errors[row] ?? 0]));
  const seedMeans = repeats.flatMap(({ facts: { metrics } }) => metrics[metric]?.value ?? []);
  return {
    ...namesOf(set),
    model: facts.model,
    metric,
    items: values.length,
    budget: noiseOfItems(
      values,
      values.map(({ id }) => known.get(id) ?? 0),
      seedMeans.length < 2 ? null : seedMeans,
    ),
    undecided: run.lead === null ? null : undecided(leadsOf(run.lead)),
    seeds: repeats.map((repeat) => repeat.facts.seed).sort((a, b) => a - b),
  };
}

/** Monte-Carlo standard error of each item's value; 0 where it is exact. */
function errorsOf({ ids, errors, lead }: RunColumns, metric: string): readonly number[] {
  if (lead === null || metric !== 'acc') return ids.map((_, row) => errors?.get(metric)?.[row] ?? 0);
  return ids.map((_, row) => {
    const [margin, stderr] = [lead.margins[row] ?? Number.NaN, lead.errors[row] ?? Number.NaN];
    return Number.isNaN(margin) ? 0 : rightnessDeviation({ margin, stderr, decides: lead.decides[row] === 1 });
  });
}

function leadsOf({ margins, errors }: NonNullable<RunColumns['lead']>): { margin: number; stderr: number }[] {
  return [...margins].flatMap((margin, row) => (Number.isNaN(margin) ? [] : [{ margin, stderr: errors[row] ?? 0 }]));
}
