/** Runs with given values, for the tests of tables that compare items. */

import { areShares } from '../../src/metrics/metric-spec.ts';
import type { StoredRecords } from '../../src/report/view/common-items.ts';
import type { RunFacts } from '../../src/report/view/run-facts.ts';
import { independent } from '../../src/stats/clustered/cluster-layout.ts';
import { estimateItems } from '../../src/stats/clustered/estimate-items.ts';

/** Metric -> one value an item. */
export type ItemColumns = Readonly<Record<string, readonly number[]>>;

/** A stored run of which the records hold exactly `columns`, and its report. */
export function scriptedReport(
  columns: ItemColumns,
  changes: Partial<RunFacts> = {},
): { readonly stored: StoredRecords; readonly report: RunFacts } {
  const names = Object.keys(columns);
  const n = columns[names[0] ?? '']?.length ?? 0;
  const records = Array.from({ length: n }, (_, index) => {
    const values = Object.fromEntries(names.map((name) => [name, columns[name]?.[index] as number]));
    const score = { kind: 'scored', values, answer: 0, gold: 0, undecided: false } as const;
    return { id: `piqa/${index}`, index, score, response: { kind: 'answered', views: {}, nfe: 2 } } as const;
  });
  return { stored: { records }, report: { ...REPORT, metrics: metricsOf(columns), items: n, nfe: 2 * n, ...changes } };
}

const metricsOf = (columns: ItemColumns) =>
  Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [
      name,
      estimateItems(independent(values.length), values, { isBounded: areShares(name, values) }),
    ]),
  );

const REPORT: RunFacts = {
  model: 'diffugpt-m',
  family: 'diffusion',
  task: 'piqa',
  protocol: 'canonical',
  path: 'results/runs/piqa-diffugpt-m',
  status: 'completed',
  headline: 'acc',
  metrics: {},
  repeats: null,
  estimator: 'e(k) over stratified masks',
  steps: [1, 8, 64],
  passes: 32,
  seed: 0,
  openFraction: 1,
  shift: true,
  engine: 'onnx',
  dtype: 'float32',
  nfe: 0,
  seconds: 12.3,
  items: 0,
  unscored: 0,
  unscoredBy: {},
  crossing: 0,
  undecided: 0,
  variant: null,
  clusters: 'alone',
  usedFixtures: false,
  chance: 0.5,
  warnings: [],
};
