/**
 * What a sweep sets beside a score, over the very items of that score: likelihoods are known of few answers, and a mean over fewer
 * items stands beside no other.
 */
import type { Estimate } from '../../core/estimate.ts';
import { estimateMetric } from '../../metrics/estimate-metric.ts';
import type { ItemValue } from '../../stats/paired-values.ts';
import { idsOf, itemsAmong, itemValues, type StoredRecords } from './common-items.ts';
import type { RunFacts } from './run-facts.ts';

/** A stored run and its report. */
export interface ReportedRun {
  readonly stored: StoredRecords;
  readonly report: RunFacts;
}

/** An autoregressive model's value at the same task. */
export interface SweepComparison {
  readonly model: string;
  readonly task: string;
  readonly metric: string;
  readonly value: Estimate;
}

/** What stands beside a score. */
export interface BesideScore {
  /**
   * The score of the most items once more, over the items of this one; index as its points. Absent where this score covers as many, or
   * items that the other lacks.
   */
  readonly widest?: { readonly metric: string; readonly values: readonly Estimate[] };
  /** Autoregressive models of the task, each over those items of this score that it has. */
  readonly comparisons: readonly SweepComparison[];
}

/**
 * @param metric without its `@T`
 * @param widest the metric of the run that covers the most items, likewise
 * @param causal autoregressive runs of the task
 */
export function besideScore(
  { stored, report }: ReportedRun,
  metric: string,
  widest: string,
  causal: readonly ReportedRun[],
): BesideScore {
  const ids = idsOf(itemValues(stored, `${metric}@${report.steps.at(-1)}`));
  const comparisons = causal.flatMap((run) => comparison(run, ids));
  const points = report.steps.map((steps) => `${widest}@${steps}`);
  const columns = points.map((name) => itemValues(stored, name));
  const shared = columns.map((items) => itemsAmong(items, ids));
  const isFewer = columns.every(({ length }) => length > ids.size) && shared.every(({ length }) => length === ids.size);
  if (!isFewer) return { comparisons };
  const values = shared.map((items, at) => estimateMetric(points[at] as string, items));
  return { widest: { metric: widest, values }, comparisons };
}

/**
 * The headline, but of an answer that is scored by itself its nats; none where `paper` has no nats to set beside.
 *
 * @param ids over these items; absent: over all of the run
 */
export function comparison({ stored, report }: ReportedRun, ids?: ReadonlySet<string>): SweepComparison[] {
  const { model, task, protocol, metrics, headline } = report;
  const isScored = 'nll' in metrics;
  if (isScored && protocol === 'paper') return [];
  const metric = isScored ? 'nll' : headline;
  const whole = metrics[metric];
  if (whole === undefined) return [];
  const items: readonly ItemValue[] = ids === undefined ? [] : itemsAmong(itemValues(stored, metric), ids);
  if (ids === undefined || items.length === whole.n) return [{ model, task, metric, value: whole }];
  return items.length === 0 ? [] : [{ model, task, metric, value: estimateMetric(metric, items) }];
}
