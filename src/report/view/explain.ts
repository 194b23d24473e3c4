/** What each difference between two protocols moves on the same items. Numbers only; explain-table.ts spells them. */
import type { Estimate } from '../../core/estimate.ts';
import type { Family } from '../../core/question.ts';
import { areShares } from '../../metrics/metric-spec.ts';
import { layoutOf } from '../../stats/clustered/cluster-layout.ts';
import { estimateItems } from '../../stats/clustered/estimate-items.ts';
import { pairedEstimate } from '../../stats/clustered/paired-interval.ts';
import type { ItemValue } from '../../stats/paired-values.ts';
import type { ClusterSource } from '../../store/cluster-names.ts';

/** One item under one variant, with its value of the metric. */
export interface ItemOutcome extends ItemValue {
  /** What the model chose or wrote; null where it does neither. */
  readonly prediction: string | null;
}

/** One toggle: off and on, or why there is nothing to turn. */
export interface ExplainedToggle {
  readonly toggle: string;
  readonly quirk: string;
  readonly about: string;
  /** Everything else is as in this protocol. */
  readonly from: 'canonical' | 'paper';
  /** Said where the toggle changes nothing of this task and model; the members below are null then. */
  readonly reason: string | null;
  /** Values of the metric with the toggle off and on. */
  readonly before: Estimate | null;
  readonly after: Estimate | null;
  /** after − before, paired by item. */
  readonly difference: Estimate | null;
  /** Items whose prediction is another; null where nothing is predicted. */
  readonly flips: number | null;
}

export interface Explanation {
  readonly model: string;
  readonly family: Family;
  readonly task: string;
  /** The headline of the task, or `nats` a token of the answer. */
  readonly metric: string;
  readonly items: number;
  /** Where it is from which items belong together. */
  readonly clusters: ClusterSource;
  readonly steps: number | null;
  readonly seed: number | null;
  /** T under the toggle `leaked-steps`; null where that does not apply. */
  readonly leakedSteps: number | null;
  readonly toggles: readonly ExplainedToggle[];
  /** Every toggle that starts from `canonical` turned on: `paper`, its masks drawn many times. */
  readonly all: ExplainedToggle;
  /** Sum of the single differences from `canonical`, to compare with that of `all`; what is left is their interaction. */
  readonly sumOfSingles: number;
}

export interface ExplainDocument {
  readonly format: 'bench-explain/1';
  readonly explanations: readonly Explanation[];
}

/** Pairs two variants of the same items; items that only one could score are left out and counted. */
export function toExplained(
  about: Pick<ExplainedToggle, 'toggle' | 'quirk' | 'about' | 'from'>,
  before: readonly ItemOutcome[],
  after: readonly ItemOutcome[],
  metric: Explanation['metric'],
): ExplainedToggle {
  const byId = new Map(after.map((outcome) => [outcome.id, outcome]));
  const pairs = before.flatMap((first) => {
    const second = byId.get(first.id);
    return second === undefined ? [] : [{ first, second }];
  });
  const unscored = Math.max(before.length, after.length) - pairs.length;
  if (pairs.length === 0) return notExplained(about, 'no item has a score under both');
  const [off, on] = [pairs.map(({ first }) => first), pairs.map(({ second }) => second)];
  const layout = layoutOf(off);
  const [values, later] = [off, on].map((outcomes) => outcomes.map(({ value }) => value)) as [number[], number[]];
  const options = { isBounded: areShares(metric, values, later), unscored };
  const differences = pairs.map(({ first, second }) => ({ ...first, value: second.value, reference: first.value }));
  const isPredicted = pairs.every(({ first, second }) => first.prediction !== null && second.prediction !== null);
  return {
    ...about,
    reason: null,
    before: estimateItems(layout, values, options),
    after: estimateItems(layout, later, options),
    difference: pairedEstimate(layout, differences, options),
    flips: isPredicted ? pairs.filter(({ first, second }) => first.prediction !== second.prediction).length : null,
  };
}

export function notExplained(
  about: Pick<ExplainedToggle, 'toggle' | 'quirk' | 'about' | 'from'>,
  reason: string,
): ExplainedToggle {
  return { ...about, reason, before: null, after: null, difference: null, flips: null };
}

/** Differences, added up. */
export function sumOfSingles(toggles: readonly ExplainedToggle[]): number {
  return toggles.reduce((sum, { difference }) => sum + (difference?.value ?? 0), 0);
}
