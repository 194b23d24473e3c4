import type { Family } from '../../core/question.ts';
import { directionOf, type MetricSpec, metricSpec } from '../../metrics/metric-spec.ts';
import type { Measured } from '../measured/measured.ts';

export interface ComparedMetric {
  readonly name: string;
  readonly unit: MetricSpec['unit'];
  /** 1 where higher is better, −1 where lower is. */
  readonly sign: 1 | -1;
}

/** Metrics by which a run is shown, the first that it has. */
const HEADLINES = ['acc', 'bitsPerByte', 'nll', 'nelbo'];

/** A metric of scores, or one of `derivedValues`; null for a name that no metric has. */
export function comparedMetric(name: string, family?: Family): ComparedMetric | null {
  const spec = metricSpec(name, family);
  return spec === null ? null : { name, unit: spec.unit, sign: directionOf(name) };
}

/** The metric that one table cell shows of two runs: the first headline that both have. */
export function headlineOf(a: Measured, b: Measured): string | null {
  const theirs = new Set(metricsOf(b));
  const shared = metricsOf(a).filter((name) => theirs.has(name));
  return HEADLINES.find((name) => shared.includes(name)) ?? shared[0] ?? null;
}

/** Names of the metrics that any item has. */
export function metricsOf({ items }: Measured): readonly string[] {
  const names = new Set<string>();
  for (const { values } of items) for (const name in values) names.add(name);
  return [...names];
}
