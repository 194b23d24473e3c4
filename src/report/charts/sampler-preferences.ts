/**
 * Which sampler a model prefers: the likelihood of the right answers under each deterministic one that was asked for, against the
 * forward passes that it takes to write them, and beside them the sampler of random order, where its likelihood is known.
 */
import type { Estimate } from '../../core/estimate.ts';
import { clusteredMeanInterval } from '../../stats/clustered/estimate-items.ts';
import { layoutOf } from '../../stats/clustered/layout-of.ts';
import type { ItemValue } from '../../stats/paired-values.ts';
import { mean } from '../../stats/sum.ts';
import { commonDifference } from '../view/common-items.ts';
import { namesOf, type QuestionSet, type SetNames } from '../view/group-runs.ts';
import { present, type RunColumns } from '../view/run-columns.ts';

export interface PreferenceRow {
  /** Name of the quantity, such as `duel:confidence@8` or `marginal`. */
  readonly sampler: string;
  /** Forward passes to write an answer, mean over items; null where blocks end steps of their own. */
  readonly passes: number | null;
  /** Negative log-likelihood of the right answer, nats summed over tokens; lower is better. */
  readonly value: Estimate;
  /** Less that of the first row, paired by item; null in the first row. */
  readonly difference: Estimate | null;
}

export interface SamplerPreferences extends SetNames {
  readonly model: string;
  /** The most likely first; after them what is known of fewer items only, and what no sampler writes by. */
  readonly rows: readonly PreferenceRow[];
}

/** Of every run with `--score`. */
export function samplerPreferences(sets: readonly QuestionSet[]): readonly SamplerPreferences[] {
  return sets.flatMap((set) =>
    set.runs
      .filter(({ manifest }) => manifest.settings.duel !== undefined)
      .map((run) => ({ ...namesOf(set), model: run.facts.model, rows: rowsOf(run) })),
  );
}

function rowsOf(run: RunColumns): readonly PreferenceRow[] {
  const samplers = [...run.bounds.keys()].filter((name) => /^(duel:|marginal$)/.test(name));
  const columns = samplers
    .map((sampler) => ({ sampler, items: present(run, run.bounds.get(sampler)?.values) }))
    .filter(({ items }) => items.length > 0)
    .map(({ sampler, items }) => ({ sampler, items, value: estimateOf(items) }))
    .sort((a, b) => rankOf(b) - rankOf(a) || a.value.value - b.value.value);
  const best = columns[0]?.items ?? [];
  return columns.map(({ sampler, items, value }, place) => ({
    sampler,
    passes: passesOf(sampler, run.goldTokens),
    value,
    difference: place === 0 ? null : commonDifference('nll', items, best, run.ids.length),
  }));
}

/** What no sampler writes by leads nobody, nor does what is known of fewer items. */
const rankOf = ({ sampler, items }: { readonly sampler: string; readonly items: readonly ItemValue[] }): number =>
  sampler.includes(':best-of-') ? -1 : items.length;

function estimateOf(items: readonly ItemValue[]): Estimate {
  return clusteredMeanInterval(
    layoutOf(items),
    items.map(({ value }) => value),
  );
}

/** One a token, or T where an answer has more tokens. */
function passesOf(sampler: string, tokens: Float64Array): number | null {
  const known = [...tokens].filter((length) => !Number.isNaN(length));
  const [, steps] = /@(\d+)$/.exec(sampler) ?? [];
  if (known.length === 0 || (steps !== undefined && sampler.includes(':block='))) return null;
  return mean(known.map((length) => Math.min(length, Number(steps ?? Number.POSITIVE_INFINITY))));
}
