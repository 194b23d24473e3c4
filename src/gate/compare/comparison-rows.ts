import type { ComparedRow, ComparisonDocument } from './comparison.ts';

type Cell = string | number | null;

const COLUMNS: Readonly<Record<string, (row: ComparedRow) => Cell>> = {
  task: ({ task }) => task,
  protocol: ({ protocol }) => protocol,
  metric: ({ metric }) => metric,
  n: ({ difference }) => difference.n,
  clusters: ({ clusters }) => clusters,
  referenceModel: ({ reference }) => reference.model,
  reference: ({ reference }) => reference.estimate.value,
  candidateModel: ({ candidate }) => candidate.model,
  candidate: ({ candidate }) => candidate.estimate.value,
  difference: ({ difference }) => difference.value,
  low: ({ difference }) => difference.low,
  high: ({ difference }) => difference.high,
  interval: ({ difference }) => difference.method,
  p: ({ p }) => p,
  holm: ({ holm }) => holm,
  test: ({ test }) => test,
  detectable: ({ detectable }) => detectable,
  margin: ({ margin }) => margin,
  rose: ({ rose }) => rose,
  fell: ({ fell }) => fell,
  unscored: ({ unscored }) => unscored,
  verdict: ({ verdict }) => verdict,
  differs: ({ differs }) => differs.join('; '),
};

/** Columns of the CSV form of a comparison, in order. */
export const COMPARISON_COLUMNS: readonly string[] = Object.keys(COLUMNS);

/** One flat row a line of the table; shares are fractions. */
export function comparisonRows({ rows }: ComparisonDocument): readonly Readonly<Record<string, Cell>>[] {
  return rows.map((row) => Object.fromEntries(Object.entries(COLUMNS).map(([name, read]) => [name, read(row)])));
}
