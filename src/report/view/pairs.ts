/** Models, and the runs of one in several dtypes, against each other on the same items; `model-pairs.ts` says which against which. */
import { groupBy } from '../../core/collect.ts';
import type { Estimate } from '../../core/estimate.ts';
import type { Fraction, Nats } from '../../core/units.ts';
import { estimateMetric } from '../../metrics/estimate-metric.ts';
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
import { areSharePairs, commonDifference, commonPairs, countTogether, idsOf, itemsAmong } from './common-items.ts';
import { namesOf, primaryRuns, type QuestionSet, type SetNames } from './group-runs.ts';
import { crossPairs, modelPairs } from './model-pairs.ts';
import { present, type RunColumns, valuesOf } from './run-columns.ts';
import type { BracketFacts, RunFacts } from './run-facts.ts';

/** Shown beside the headlines where both have them. */
const ALSO = ['accExact', 'bitsPerByte', 'exactBitsPerByte'];

export interface PairRow extends SetNames {
  readonly metric: string;
  /** The difference is model − reference. */
  readonly model: string;
  readonly reference: string;
  /** Over the items that both have a value for, as the difference is. */
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
    modelPairs(primaryRuns(set)).flatMap(([run, reference]) =>
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

function metricsOf({ facts: a }: RunColumns, { facts: b }: RunColumns): readonly string[] {
  const shown = [...new Set([b.headline, a.headline, ...ALSO])].filter(
    (name) => name in a.metrics || name in b.metrics,
  );
  return shown.filter((name) => nameIn(a, name) !== null && nameIn(b, name) !== null);
}

const nameIn = ({ family, metrics }: RunFacts, metric: string): string | null =>
  heldUnder(metric, family, (name) => name in metrics);

function toRow(set: QuestionSet, metric: string, run: RunColumns, reference: RunColumns): OpenRow | [] {
  const [name, theirs] = [nameIn(run.facts, metric) ?? metric, nameIn(reference.facts, metric) ?? metric];
  const pairs = commonPairs(valuesOf(run, name), valuesOf(reference, theirs));
  if (pairs.length === 0) return [];
  const common = idsOf(pairs);
  const layout = layoutOf(pairs);
  const isBounded = areSharePairs(metric, pairs);
  const families = { reference: reference.facts.family, candidate: run.facts.family };
  return {
    ...namesOf(set),
    metric,
    model: run.facts.model,
    reference: reference.facts.model,
    modelValue: estimateOver(common, name, run),
    referenceValue: estimateOver(common, theirs, reference),
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
  };
}

/**
 * The run's own value where that is over no other items.
 *
 * @param common some items of the run; the others count as unscored
 */
function estimateOver(common: ReadonlySet<string>, metric: string, run: RunColumns): Estimate {
  const items = itemsAmong(valuesOf(run, metric), common);
  const own = run.facts.metrics[metric];
  if (own?.n === items.length) return own;
  return estimateMetric(metric, items, { unscored: run.ids.length - items.length });
}

export interface BracketRow extends SetNames {
  readonly model: string;
  readonly reference: string;
  /** Model − reference in nats an answer, lower is better: at least this, and at most that. Errors of items and of masks. */
  readonly low: Estimate;
  readonly high: Estimate;
  /** What the bound from below took. */
  readonly bracket: BracketFacts;
  /** `open`: the bracket, with its errors, holds 0. */
  readonly verdict: 'better' | 'worse' | 'open';
}

/** What two bounds together say of a likelihood, by the rule of `bench compare`: of diffusion models that were run with `--bracket`. */
export function bracketRows(sets: readonly QuestionSet[]): readonly BracketRow[] {
  return sets.flatMap((set) => {
    const runs = primaryRuns(set).filter(
      ({ facts }) => facts.family === 'autoregressive' || facts.bracket !== undefined,
    );
    return crossPairs(runs).flatMap(([run, reference]) => bracketRow(set, run, reference));
  });
}

function bracketRow(set: QuestionSet, run: RunColumns, reference: RunColumns): BracketRow[] {
  const { bracket } = run.facts;
  if (bracket === undefined) return [];
  const known = endsOf(reference, ({ loglikelihood }) => -(loglikelihood as Nats));
  const items = countTogether(run.ids, reference.ids);
  const differenceOf = (bound: (of: Bounds) => Nats) => commonDifference('nll', endsOf(run, bound), known, items);
  const low = differenceOf(({ marginal, tube }) => marginal ?? (tube as Nats));
  const high = differenceOf(({ marginal, nelbo }) => marginal ?? (nelbo as Nats));
  if (low === null || high === null) return [];
  const verdict = high.high < 0 ? 'better' : low.low > 0 ? 'worse' : 'open';
  const models = { model: run.facts.model, reference: reference.facts.model };
  return [{ ...namesOf(set), ...models, low, high, bracket, verdict }];
}

type Bounds = Partial<Record<'loglikelihood' | 'marginal' | 'tube' | 'nelbo', Nats>>;

/** A number of each item; of no item where what it is made of was not computed. */
function endsOf(run: RunColumns, pick: (of: Bounds) => Nats) {
  const column = Float64Array.from(run.ids, (_, row) => {
    const at = (name: string) => {
      const value = run.bounds.get(name)?.values[row];
      return value === undefined || Number.isNaN(value) ? undefined : value;
    };
    const [loglikelihood, marginal, tube, nelbo] = ['loglikelihood', 'marginal', 'tube', 'nelbo'].map(at);
    const known = { loglikelihood, marginal, tube, nelbo };
    return pick(Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))) ?? Number.NaN;
  });
  return present(run, column);
}
