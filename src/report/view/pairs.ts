/** Models against each other on the same items: autoregressive against diffusion where both are there, else all against the first. */

import { groupBy } from '../../core/collect.ts';
import type { Estimate } from '../../core/estimate.ts';
import type { Fraction } from '../../core/units.ts';
import { heldUnder } from '../../metrics/exact-counterpart.ts';
import {
  type DifferenceVerdict,
  judgeDifference,
  marginFor,
  mixesBound,
  type Sides,
} from '../../metrics/judge-difference.ts';
import { layoutOf } from '../../stats/clustered/cluster-layout.ts';
import { pairedDetectable } from '../../stats/clustered/paired-detectable.ts';
import { pairedEstimate } from '../../stats/clustered/paired-interval.ts';
import { discordant, isBinary } from '../../stats/intervals/tango-interval.ts';
import { holm } from '../../stats/tests/holm.ts';
import { pairedTest } from '../../stats/tests/paired-test.ts';
import { areSharePairs, commonPairs, countTogether } from './common-items.ts';
import { namesOf, primaryRuns, type QuestionSet, type SetNames } from './group-runs.ts';
import { type RunColumns, valuesOf } from './run-columns.ts';
import type { RunFacts } from './run-facts.ts';

/** Shown beside the headlines where both have them. */
const ALSO = ['accExact', 'bitsPerByte', 'exactBitsPerByte'];

export interface PairRow extends SetNames {
  readonly metric: string;
  /** The difference is model − reference. */
  readonly model: string;
  readonly reference: string;
  readonly modelValue: Estimate;
  readonly referenceValue: Estimate;
  readonly difference: Estimate;
  /** Items that only the model answers rightly, and only the reference; null where values are not 0 or 1. */
  readonly flips: { readonly gained: number; readonly lost: number } | null;
  /** Of no difference, see `pairedTest`; null from one item. */
  readonly p: Fraction | null;
  /** `p` adjusted over the tasks of this metric for these two models, as `bench compare` does. */
  readonly pHolm: Fraction | null;
  /** Smallest true difference that this many items would show in four of five repetitions; null where none is. */
  readonly detectable: number | null;
  /** One side is exact and the other an upper bound, so that the difference is a bound too. */
  readonly mixesBound: boolean;
  /** Of the adjusted p, by the rule of `bench compare`: a difference of `MARGIN` matters. */
  readonly verdict: DifferenceVerdict;
}

/** A row before its p-value is adjusted. */
type OpenRow = Omit<PairRow, 'verdict'> & { readonly margin: number; readonly families: Omit<Sides, 'metric'> };

/** Chance of any false alarm over the tasks of a metric, two models compared. */
export const ALPHA = 0.05;
/** A difference of shares that matters, of other metrics a share of the reference; as `bench compare` has it by default. */
export const MARGIN = 0.02;

export function pairRows(sets: readonly QuestionSet[]): readonly PairRow[] {
  const rows = sets.flatMap((set) =>
    pairsOf(primaryRuns(set)).flatMap(([run, reference]) =>
      metricsOf(run, reference).flatMap((metric) => toRow(set, metric, run, reference)),
    ),
  );
  const adjusted = adjustedByFamily(rows);
  return rows.map(({ margin, families, ...row }, at) => {
    const pHolm = adjusted.get(rows[at] as OpenRow) ?? null;
    const verdict = judgeDifference({ ...row, ...families, margin, p: pHolm ?? 1, alpha: ALPHA });
    return { ...row, pHolm, verdict };
  });
}

/** One family of tests is what `bench compare` of the two models would judge together, so that both come to the same verdict. */
function adjustedByFamily(rows: readonly OpenRow[]): ReadonlyMap<OpenRow, Fraction> {
  const tested = rows.filter(({ p }) => p !== null);
  const families = groupBy(tested, ({ model, reference, metric }) => JSON.stringify([model, reference, metric]));
  return new Map(
    [...families.values()].flatMap((family) => {
      const adjusted = holm(family.map(({ p }) => p ?? 1));
      return family.map((row, i) => [row, adjusted[i] ?? 1] as const);
    }),
  );
}

/** The model and what it is compared with. */
function pairsOf(runs: readonly RunColumns[]): readonly (readonly [RunColumns, RunColumns])[] {
  const causal = runs.filter(({ facts }) => facts.family === 'autoregressive');
  const diffusion = runs.filter(({ facts }) => facts.family === 'diffusion');
  if (causal.length > 0 && diffusion.length > 0) {
    return diffusion.flatMap((run) => causal.map((reference) => [run, reference] as const));
  }
  return runs.slice(1).map((run) => [run, runs[0] as RunColumns] as const);
}

function metricsOf({ facts: a }: RunColumns, { facts: b }: RunColumns): readonly string[] {
  const shown = [...new Set([b.headline, a.headline, ...ALSO])].filter(
    (name) => name in a.metrics || name in b.metrics,
  );
  return shown.filter((name) => nameIn(a, name) !== null && nameIn(b, name) !== null);
}

const nameIn = ({ family, metrics }: RunFacts, metric: string): string | null =>
  heldUnder(metric, family, (name) => name in metrics);

function toRow(set: QuestionSet, metric: string, run: RunColumns, reference: RunColumns): OpenRow[] {
  const [name, theirs] = [nameIn(run.facts, metric) ?? metric, nameIn(reference.facts, metric) ?? metric];
  const pairs = commonPairs(valuesOf(run, name), valuesOf(reference, theirs));
  const modelValue = run.facts.metrics[name];
  const referenceValue = reference.facts.metrics[theirs];
  if (pairs.length === 0 || modelValue === undefined || referenceValue === undefined) return [];
  const layout = layoutOf(pairs);
  const isBounded = areSharePairs(metric, pairs);
  const families = { reference: reference.facts.family, candidate: run.facts.family };
  return [
    {
      ...namesOf(set),
      metric,
      model: run.facts.model,
      reference: reference.facts.model,
      modelValue,
      referenceValue,
      difference: pairedEstimate(layout, pairs, {
        isBounded,
        unscored: countTogether(run.ids, reference.ids) - pairs.length,
      }),
      flips: isBinary(pairs) ? discordant(pairs) : null,
      p: pairs.length < 2 ? null : pairedTest(layout, pairs, { isBounded }).p,
      pHolm: null,
      detectable: pairedDetectable(layout, pairs, isBounded),
      mixesBound: mixesBound({ metric, ...families }),
      families,
      margin: marginFor(
        metric,
        pairs.map((pair) => pair.reference),
        MARGIN,
      ),
    },
  ];
}
