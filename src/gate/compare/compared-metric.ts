import type { Family } from '../../core/question.ts';
import { headlineMetric } from '../../metrics/headline-metric.ts';
import { directionOf, type MetricSpec, metricSpec } from '../../metrics/metric-spec.ts';
import type { Measured } from '../measured/measured.ts';

export interface ComparedMetric {
  readonly name: string;
  readonly unit: MetricSpec['unit'];
  /** 1 where higher is better, −1 where lower is. */
  readonly sign: 1 | -1;
}

/** A metric of scores, or one of `derivedValues`; null for a name that no metric has. */
export function comparedMetric(name: string, family?: Family): ComparedMetric | null {
  const spec = metricSpec(name, family);
  return spec === null ? null : { name, unit: spec.unit, sign: directionOf(name) };
}

/** The metric that one table cell shows of two runs: the headline of their task, among the metrics that both have. */
export function headlineOf(a: Measured, b: Measured): string | null {
  const theirs = new Set(metricsOf(b));
  const shared = metricsOf(a).filter((name) => theirs.has(name));
  return headlineMetric(shared, a.headline ?? b.headline);
}

/** Names of the metrics that any item has. */
export function metricsOf({ items }: Measured): readonly string[] {
  const names = new Set<string>();
  for (const { values } of items) for (const name in values) names.add(name);
  return [...names];
}
