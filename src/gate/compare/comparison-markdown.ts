import { markdownTable } from '../../report/documents/markdown-table.ts';
import { differenceText, estimateText, itemsText, pText } from '../../report/view/metric-text.ts';
import type { ComparedRow, ComparisonDocument } from './comparison.ts';
import { bracketLines, intervalText, sizeText, warnings } from './comparison-text.ts';

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
