import type { ComparisonDocument } from './comparison.ts';

type Cell = string | number | null;

/** Columns of the CSV form of a comparison, in order. */
export const COMPARISON_COLUMNS = [
  'task',
  'protocol',
  'metric',
  'n',
  'clusters',
  'referenceModel',
  'reference',
  'candidateModel',
  'candidate',
  'difference',
  'low',
  'high',
  'interval',
  'p',
  'holm',
  'test',
  'detectable',
  'margin',
  'rose',
  'fell',
  'unscored',
  'verdict',
  'differs',
] as const;

/** One flat row a line of the table; shares are fractions. */
export function comparisonRows({ rows }: ComparisonDocument): readonly Readonly<Record<string, Cell>>[] {
  return rows.map((row) => ({
    task: row.task,
    protocol: row.protocol,
    metric: row.metric,
    n: row.difference.n,
    clusters: row.clusters,
    referenceModel: row.reference.model,
    reference: row.reference.estimate.value,
    candidateModel: row.candidate.model,
    candidate: row.candidate.estimate.value,
    difference: row.difference.value,
    low: row.difference.low,
    high: row.difference.high,
    interval: row.difference.method,
    p: row.p,
    holm: row.holm,
    test: row.test,
    detectable: row.detectable,
    margin: row.margin,
    rose: row.rose,
    fell: row.fell,
    unscored: row.unscored,
    verdict: row.verdict,
    differs: row.differs.join('; '),
  }));
}
