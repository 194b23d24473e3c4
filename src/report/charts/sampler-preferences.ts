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
import { commonDifference, idsOf, itemsAmong } from '../view/common-items.ts';
import { namesOf, type QuestionSet, type SetNames } from '../view/group-runs.ts';
import { present, type RunColumns } from '../view/run-columns.ts';

export interface PreferenceRow {
  /** Name of the quantity, such as `duel:confidence@8` or `marginal`. */
  readonly sampler: string;
  /** The same without T: `duel:confidence`. */
  readonly order: string;
  /** Forward passes to write an answer, mean over the items of `value`; null where blocks of the model's own end steps. */
  readonly passes: number | null;
  /** Negative log-likelihood of the right answer, nats summed over tokens; lower is better. */
  readonly value: Estimate;
  /** Less that of the first row, paired by item; null in the first row. */
  readonly difference: Estimate | null;
}

export interface SamplerPreferences extends SetNames {
  readonly model: string;
  /**
   * Over the most answers, the most likely first, after them what no sampler writes by. Numbers of steps that reveal the same tokens
   * together are one row.
   */
  readonly rows: readonly PreferenceRow[];
  /** A table as `rows` for each set of fewer answers that alone some sampler is known of: over these, with all that are known of them. */
  readonly fewer: readonly (readonly PreferenceRow[])[];
}

/** Of every model with `--score`; samplers may stand in runs of their own. */
export function samplerPreferences(sets: readonly QuestionSet[]): readonly SamplerPreferences[] {
  return sets.flatMap((set) => {
    const asked = set.runs.filter(({ manifest }) => manifest.settings.duel !== undefined);
    return [...groupBy(asked, readingOf).values()].map((runs) => {
      const [run] = runs as [RunColumns];
      const [rows = [], ...fewer] = tablesOf(runs);
      return { ...namesOf(set), model: run.facts.model, rows, fewer };
    });
  });
}

/** Runs that agree in it differ in what was asked alone. */
function readingOf({ manifest: { model, settings } }: RunColumns): string {
  const { openFraction, shift, seed } = settings;
  return canonicalJson([model.name, model.weightsDigest, model.dtype, openFraction, shift, seed]);
}

interface Column {
  readonly sampler: string;
  readonly run: RunColumns;
  readonly items: readonly ItemValue[];
}

/**
 * A table over the most answers, then one over each set of fewer: a mean over fewer items stands beside no other.
 *
 * @param runs of one model; of a sampler in several the one with the most items counts
 */
function tablesOf(runs: readonly RunColumns[]): readonly (readonly PreferenceRow[])[] {
  const found = runs
    .flatMap((run) =>
      samplersOf(run).map(
        (sampler): Column => ({ run, sampler, items: present(run, run.bounds.get(sampler)?.values) }),
      ),
    )
    .filter(({ items }) => items.length > 0);
  const columns = [...groupBy(found, ({ sampler }) => sampler).values()]
    .map((same) => same.reduce((most, each) => (each.items.length > most.items.length ? each : most)))
    .sort((a, b) => b.items.length - a.items.length);
  const most = idsOf(columns[0]?.items ?? []);
  const sets = columns.map(({ items }) => {
    const common = itemsAmong(items, most);
    return idsOf(common.length > 0 ? common : items);
  });
  const distinct = new Map(sets.map((ids) => [canonicalJson([...ids].sort()), ids]));
  return [...distinct.values()].map((ids) => rowsOver(ids, columns));
}

/** @param ids answers; a sampler that is not known of all of them has no row */
function rowsOver(ids: ReadonlySet<string>, columns: readonly Column[]): readonly PreferenceRow[] {
  const rows = columns
    .map((column) => ({ ...column, items: itemsAmong(column.items, ids) }))
    .filter(({ items }) => items.length === ids.size)
    .map((column) => ({
      ...column,
      value: estimateMetric('nll', column.items),
      passes: passesOf(column.sampler, ids, column.run),
    }))
    .sort((a, b) => rankOf(a) - rankOf(b) || a.value.value - b.value.value || stepsOf(a.sampler) - stepsOf(b.sampler))
    .filter((column, place, all) => !all.slice(0, place).some((before) => areAlike(before, column)));
  const best = rows[0]?.items ?? [];
  return rows.map(({ run, sampler, items, value, passes }, place) => ({
    ...{ sampler, order: orderOf(sampler), passes, value },
    difference: place === 0 ? null : commonDifference('nll', items, best, run.ids.length),
  }));
}

const samplersOf = ({ bounds }: RunColumns): readonly string[] =>
  [...bounds.keys()].filter((name) => /^(duel:|marginal$)/.test(name));

/** What no sampler writes by leads nobody. */
const rankOf = ({ sampler }: Pick<PreferenceRow, 'sampler'>): number => (sampler.includes(':best-of-') ? 1 : 0);

const orderOf = (sampler: string): string => sampler.replace(/@\d+$/, '');

/** Of one token a step, 0: it comes before the T that are the same. */
const stepsOf = (sampler: string): number => Number(/@(\d+)$/.exec(sampler)?.[1] ?? 0);

type Weighed = Pick<PreferenceRow, 'sampler' | 'passes' | 'value'>;

/** The same order, which reveals the same tokens together. */
const areAlike = (a: Weighed, b: Weighed): boolean =>
  orderOf(a.sampler) === orderOf(b.sampler) && a.passes === b.passes && a.value.value === b.value.value;

function passesOf(
  sampler: string,
  answers: ReadonlySet<string>,
  { ids, goldTokens, manifest }: RunColumns,
): number | null {
  const lengths = [...goldTokens].filter((length, row) => length > 0 && answers.has(ids[row] as string));
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
