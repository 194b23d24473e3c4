/** Metrics that tasks from outside declare (`TaskPlugin.metrics`), beside those of `metric-spec.ts`. */
import type { OwnMetric } from '../core/own-metric.ts';

const OWN = new Map<string, OwnMetric>();

/**
 * Makes the metrics of a task known by name; the same ones a second time change nothing.
 *
 * @throws RangeError where another task means something else by one of the names
 */
export function registerMetrics(metrics: Readonly<Record<string, OwnMetric>> = {}): void {
  for (const [name, metric] of Object.entries(metrics)) {
    const known = OWN.get(name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(metric)) {
      throw new RangeError(`a second metric ${name}, which says ${known.description}`);
    }
  }
  for (const [name, metric] of Object.entries(metrics)) OWN.set(name, metric);
}

export const ownMetric = (base: string): OwnMetric | null => OWN.get(base) ?? null;

/** The declared metric that a name is of, such as `recall@5` of `recall@5@8`; null where none is. */
export function ownMetricOf(name: string): string | null {
  const found = [...OWN.keys()].filter(
    (own) => name === own || (name.startsWith(own) && /^[@#]/.test(name.slice(own.length))),
  );
  return found.sort((a, b) => b.length - a.length)[0] ?? null;
}
