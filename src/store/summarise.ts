/** What a run's records add up to. Derived: `summary.json` can be deleted and is rebuilt from the records. */
import type { Estimate } from '../core/estimate.ts';
import type { RunManifest } from '../core/manifest.ts';
import type { ItemRecord } from '../core/record.ts';
import type { Fraction } from '../core/units.ts';
import { estimateMetric } from '../stats/intervals/estimate-metric.ts';
import { runId } from './run-folder.ts';

export const SUMMARY_FORMAT = 'bench-summary/1';

/** Of every interval in a summary. */
const CONFIDENCE: Fraction = 0.95;

export interface RunSummary {
  readonly format: typeof SUMMARY_FORMAT;
  readonly runId: string;
  /** Every item of the run has a record. */
  readonly complete: boolean;
  readonly items: number;
  readonly expectedItems: number;
  /** Each metric over the items that have it. A metric that no item has is absent. */
  readonly metrics: Readonly<Record<string, Estimate>>;
  /** Items without a score, by error code. */
  readonly unscored: Readonly<Record<string, number>>;
  /** Scored items whose answer could change under Monte-Carlo noise. */
  readonly undecided: number;
  /** Sequences that went through the network, over all items. */
  readonly nfe: number;
}

/** Items that a complete run has. */
export function expectedItems(manifest: RunManifest): number {
  return Math.min(manifest.limit ?? Number.POSITIVE_INFINITY, manifest.dataset.rows);
}

/** Sums up records in any order; the result does not depend on it. */
export function summarise(manifest: RunManifest, records: readonly ItemRecord[]): RunSummary {
  const inOrder = [...records].sort((a, b) => a.index - b.index);
  const values = new Map<string, number[]>();
  const unscored = new Map<string, number>();
  let undecided = 0;
  let nfe = 0;
  for (const { score, response } of inOrder) {
    if (response.kind !== 'unanswered') nfe += response.nfe;
    if (score.kind === 'unscored') {
      unscored.set(score.code, (unscored.get(score.code) ?? 0) + 1);
      continue;
    }
    if (score.undecided) undecided++;
    for (const [metric, value] of Object.entries(score.values)) {
      const column = values.get(metric);
      if (column === undefined) values.set(metric, [value]);
      else column.push(value);
    }
  }
  const left = [...unscored.values()].reduce((total, count) => total + count, 0);
  return {
    format: SUMMARY_FORMAT,
    runId: runId(manifest),
    complete: records.length === expectedItems(manifest),
    items: records.length,
    expectedItems: expectedItems(manifest),
    metrics: Object.fromEntries(
      byName(values).map(([metric, column]) => [metric, estimateMetric(column, CONFIDENCE, left)]),
    ),
    unscored: Object.fromEntries(byName(unscored)),
    undecided,
    nfe,
  };
}

/** By key, so that the order in which items were computed leaves no trace. */
function byName<Value>(map: ReadonlyMap<string, Value>): readonly (readonly [string, Value])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
