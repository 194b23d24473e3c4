import { markdownTable } from '../../report/documents/markdown-table.ts';
import { differenceText, estimateText, itemsText, pText } from '../../report/view/metric-text.ts';
import type { ComparedRow, ComparisonDocument } from './comparison.ts';
import { bracketLines, intervalText, sizeText, warnings } from './comparison-text.ts';

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

/** A comparison as a Markdown table with its warnings. */
export function comparisonMarkdown(document: ComparisonDocument): string {
  const head = ['task', 'metric', 'n', 'reference', 'candidate', 'difference', 'p', 'Holm p', 'detectable', 'verdict'];
  const side = (row: ComparedRow, { family, estimate, model }: ComparedRow['reference']) =>
    `${estimateText(row.metric, family, estimate)} (${model})`;
  const rows = document.rows.map((row) => [
    row.task,
    row.metric,
    itemsText(row.difference),
    side(row, row.reference),
    side(row, row.candidate),
    differenceText(row.metric, row.difference),
    pText(row.p),
    pText(row.holm),
    row.detectable === null ? '–' : sizeText(row.metric, row.detectable),
    row.verdict,
  ]);
  const notes = [
    `differences with their 95 % intervals: ${intervalText(document)}`,
    ...bracketLines(document),
    ...warnings(document),
  ];
  return `${markdownTable(head, rows)}\n${notes.map((each) => `- ${each}\n`).join('')}`;
}
