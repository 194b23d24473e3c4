/** Records to the summary of their run. */
import { getOrInsert } from '../core/collect.ts';
import type { Estimate } from '../core/estimate.ts';
import type { RunManifest } from '../core/manifest.ts';
import type { ItemRecord } from '../core/record.ts';
import { subsetSize } from '../core/subset.ts';
import type { Fraction } from '../core/units.ts';
import { areShares } from '../metrics/metric-spec.ts';
import { monotoneFamilies } from '../metrics/monotone-families.ts';
import { layoutOf } from '../stats/clustered/cluster-layout.ts';
import { estimateItems } from '../stats/clustered/estimate-items.ts';
import type { ItemValue } from '../stats/paired-values.ts';
import { runId } from './run-folder.ts';
import { type RunSummary, SUMMARY_FORMAT } from './stored-run.ts';

/** Of every interval in a summary. */
const CONFIDENCE: Fraction = 0.95;

/** Items that a complete run has. */
export function expectedItems(manifest: RunManifest): number {
  return Math.min(manifest.limit ?? Number.POSITIVE_INFINITY, subsetSize(manifest.dataset.rows, manifest.subset));
}

/** Sums up records in any order; the result does not depend on it. */
export function summarise(manifest: RunManifest, records: readonly ItemRecord[]): RunSummary {
  const inOrder = [...records].sort((a, b) => a.index - b.index);
  const columns = new Map<string, ItemValue[]>();
  const unscored = new Map<string, number>();
  let undecided = 0;
  let nfe = 0;
  for (const { id, cluster, score, response } of inOrder) {
    if (response.kind !== 'unanswered') nfe += response.nfe;
    if (score.kind === 'unscored') {
      unscored.set(score.code, (unscored.get(score.code) ?? 0) + 1);
      continue;
    }
    if (score.undecided) undecided++;
    for (const [metric, value] of Object.entries(score.values)) {
      getOrInsert(columns, metric, () => []).push({ id, value, cluster });
    }
  }
  const left = [...unscored.values()].reduce((total, count) => total + count, 0);
  return {
    format: SUMMARY_FORMAT,
    runId: runId(manifest),
    complete: records.length === expectedItems(manifest),
    items: records.length,
    expectedItems: expectedItems(manifest),
    metrics: monotoneFamilies(
      Object.fromEntries(byName(columns).map(([metric, column]) => [metric, estimateOf(metric, column, left)])),
    ),
    unscored: Object.fromEntries(byName(unscored)),
    undecided,
    nfe,
  };
}

function estimateOf(metric: string, column: readonly ItemValue[], unscored: number): Estimate {
  const values = column.map(({ value }) => value);
  const isBounded = areShares(metric, values);
  return estimateItems(layoutOf(column), values, { isBounded, confidence: CONFIDENCE, unscored });
}

/** By key, so that the order in which items were computed leaves no trace. */
function byName<Value>(map: ReadonlyMap<string, Value>): readonly (readonly [string, Value])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
