/**
 * Which sampler a model prefers: the likelihood of the right answers under each deterministic one that was asked for, against the
 * forward passes that it takes to write them, and beside them the sampler of random order, where its likelihood is known.
 */

import { groupBy } from '../../core/collect.ts';
import { duelRuleOf, duelSteps, paceOver } from '../../core/duel-rule.ts';
import type { Estimate } from '../../core/estimate.ts';
import { isEstimator } from '../../core/model.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import { estimateMetric } from '../../metrics/estimate-metric.ts';
import type { ItemValue } from '../../stats/paired-values.ts';
import { mean } from '../../stats/sum.ts';
import { commonDifference } from '../view/common-items.ts';
import { namesOf, type QuestionSet, type SetNames } from '../view/group-runs.ts';
import { present, type RunColumns } from '../view/run-columns.ts';

export interface PreferenceRow {
  /** Name of the quantity, such as `duel:confidence@8` or `marginal`. */
  readonly sampler: string;
  /** The same without T: `duel:confidence`. */
  readonly order: string;
  /** Forward passes to write an answer, mean over items; null where blocks of the model's own end steps. */
  readonly passes: number | null;
  /** Negative log-likelihood of the right answer, nats summed over tokens; lower is better. */
  readonly value: Estimate;
  /** Less that of the first row, paired by item; null in the first row. */
  readonly difference: Estimate | null;
}

export interface SamplerPreferences extends SetNames {
  readonly model: string;
  /**
   * The most likely first; after them what is known of fewer items only, and what no sampler writes by. Numbers of steps that reveal the
   * same tokens together are one row.
   */
  readonly rows: readonly PreferenceRow[];
}

/** Of every model with `--score`; samplers may stand in runs of their own. */
export function samplerPreferences(sets: readonly QuestionSet[]): readonly SamplerPreferences[] {
  return sets.flatMap((set) => {
    const asked = set.runs.filter(({ manifest }) => manifest.settings.duel !== undefined);
    return [...groupBy(asked, readingOf).values()].map((runs) => {
      const [run] = runs as [RunColumns];
      return { ...namesOf(set), model: run.facts.model, rows: rowsOf(runs) };
    });
  });
}

/** Runs that agree in it differ in what was asked alone. */
function readingOf({ manifest: { model, settings } }: RunColumns): string {
  const { openFraction, shift, seed } = settings;
  return canonicalJson([model.name, model.weightsDigest, model.dtype, openFraction, shift, seed]);
}

/** @param runs of one model; of a sampler in several the one with the most items counts */
function rowsOf(runs: readonly RunColumns[]): readonly PreferenceRow[] {
  const found = runs
    .flatMap((run) =>
      samplersOf(run).map((sampler) => ({ run, sampler, items: present(run, run.bounds.get(sampler)?.values) })),
    )
    .filter(({ items }) => items.length > 0);
  const columns = [...groupBy(found, ({ sampler }) => sampler).values()]
    .map((same) => same.reduce((most, each) => (each.items.length > most.items.length ? each : most)))
    .map((column) => ({
      ...column,
      value: estimateMetric('nll', column.items),
      passes: passesOf(column.sampler, column.run),
    }))
    .sort((a, b) => rankOf(b) - rankOf(a) || a.value.value - b.value.value || stepsOf(a.sampler) - stepsOf(b.sampler))
    .filter((column, place, all) => !all.slice(0, place).some((before) => areAlike(before, column)));
  const best = columns[0]?.items ?? [];
  return columns.map(({ run, sampler, items, value, passes }, place) => ({
    ...{ sampler, order: orderOf(sampler), passes, value },
    difference: place === 0 ? null : commonDifference('nll', items, best, run.ids.length),
  }));
}

const samplersOf = ({ bounds }: RunColumns): readonly string[] =>
  [...bounds.keys()].filter((name) => /^(duel:|marginal$)/.test(name));

/** What no sampler writes by leads nobody, nor does what is known of fewer items. */
const rankOf = ({ sampler, items }: { readonly sampler: string; readonly items: readonly ItemValue[] }): number =>
  sampler.includes(':best-of-') ? -1 : items.length;

const orderOf = (sampler: string): string => sampler.replace(/@\d+$/, '');

/** Of one token a step, 0: it comes before the T that are the same. */
const stepsOf = (sampler: string): number => Number(/@(\d+)$/.exec(sampler)?.[1] ?? 0);

type Weighed = Pick<PreferenceRow, 'sampler' | 'passes' | 'value'>;

/** The same order, which reveals the same tokens together. */
const areAlike = (a: Weighed, b: Weighed): boolean =>
  orderOf(a.sampler) === orderOf(b.sampler) &&
  a.passes === b.passes &&
  a.value.value === b.value.value &&
  a.value.n === b.value.n;

function passesOf(sampler: string, { goldTokens, manifest }: RunColumns): number | null {
  const lengths = [...goldTokens].filter((length) => length > 0);
  const [order, T] = [orderOf(sampler), stepsOf(sampler)];
  if (lengths.length === 0 || (T > 0 && isEstimator(manifest.settings.estimator, 'blockBound'))) return null;
  const rule = duelRuleOf(order) ?? { order: 'left-to-right', block: null };
  return mean(
    lengths.map((length) => {
      const pace = T === 0 || T >= length ? ({ perStep: 1 } as const) : paceOver(T, rule, length);
      return duelSteps({ ...rule, pace }, length);
    }),
  );
}
