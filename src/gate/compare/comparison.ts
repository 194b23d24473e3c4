/** What `bench compare --json` prints, and its tables show. Plain values; shares are fractions. */
import type { Estimate } from '../../core/estimate.ts';
import type { ProtocolName } from '../../core/names.ts';
import type { Family } from '../../core/question.ts';
import type { Fraction } from '../../core/units.ts';
import type { DifferenceVerdict } from '../../metrics/judge-difference.ts';
import type { PairedIntervalName } from '../../stats/clustered/paired-interval.ts';
import type { PairedTest } from '../../stats/tests/paired-test.ts';
import type { PairedItems } from '../measured/paired-items.ts';
import type { MeasuredNoise } from './noise-of.ts';

export interface ComparedSide {
  /** As tables call it: `tiny-gpt2`, and what tells it from the other runs of that name, such as `tiny-gpt2 (int8)`. */
  readonly model: string;
  readonly family: Family;
  /** Over the items that both have. */
  readonly estimate: Estimate;
}

/** One metric of one task. */
export interface ComparedRow extends PairedTest, Omit<PairedItems, 'pairs'> {
  readonly task: string;
  readonly protocol: ProtocolName;
  readonly metric: string;
  readonly reference: ComparedSide;
  readonly candidate: ComparedSide;
  /** candidate − reference, paired by item. */
  readonly difference: Estimate;
  /** Clusters of items that share something; null where each item stands alone. */
  readonly clusters: number | null;
  /** p corrected over the tasks of this metric. */
  readonly holm: Fraction;
  /** Smallest true difference that these items would have shown; null where none can be named. */
  readonly detectable: number | null;
  /** Difference that matters, in the units of the metric. */
  readonly margin: number;
  readonly higherIsBetter: boolean;
  /** Items whose value is higher in the candidate, and lower. */
  readonly rose: number;
  readonly fell: number;
  /** What differs besides the model and was allowed to. */
  readonly differs: readonly string[];
  /** One side is exact and the other an upper bound: the better side may be the bound only. */
  readonly mixesBound: boolean;
  readonly verdict: DifferenceVerdict;
}

/** An item that is right in one run only, or more right in one, by the headline metric of its task. */
export interface Flip {
  readonly task: string;
  readonly metric: string;
  readonly id: string;
  /** `gained`: better in the candidate. */
  readonly change: 'gained' | 'lost';
}

/** candidate − reference in nats an answer; lower is better. Both ends carry the error of items and of masks. */
export interface Bracket {
  readonly task: string;
  readonly reference: string;
  readonly candidate: string;
  /** The difference is at least this, and at most that. */
  readonly low: Estimate;
  readonly high: Estimate;
  /** `open`: the bracket, with its errors, holds 0. */
  readonly verdict: 'better' | 'worse' | 'open';
}

export interface ComparisonDocument {
  readonly format: 'bench-comparison/1';
  readonly alpha: Fraction;
  readonly power: Fraction;
  readonly margin: Fraction;
  /** Interval of the differences as asked for; `difference.method` of each row names the one that was used. */
  readonly interval: PairedIntervalName;
  /** Pattern that was asked to find the cluster of an item in its id, or `none`; null = what tasks and runs say. */
  readonly clusters: string | null;
  readonly rows: readonly ComparedRow[];
  readonly flips: readonly Flip[];
  /** Of runs with `--bracket`, a task each. */
  readonly brackets: readonly Bracket[];
  /** Of the headline metric of each run. */
  readonly noise: readonly (MeasuredNoise & { readonly task: string; readonly model: string })[];
  readonly notes: readonly string[];
}
