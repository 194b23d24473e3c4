/** Records to the summary of their run. */
import type { RunManifest } from '../core/manifest.ts';
import type { ItemRecord } from '../core/record.ts';
import type { Fraction } from '../core/units.ts';
import { estimateMetric } from '../stats/intervals/estimate-metric.ts';
import { runId } from './run-folder.ts';
import { type RunSummary, SUMMARY_FORMAT } from './stored-run.ts';

/** Of every interval in a summary. */
const CONFIDENCE: Fraction = 0.95;

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
