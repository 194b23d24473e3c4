import { markdownCell, markdownTable } from '../../report/documents/markdown-table.ts';
import { differenceText, estimateText, itemsText, pText } from '../../report/view/metric-text.ts';
import { sizeText } from '../compare/comparison-text.ts';
import { type GateDocument, namedChecks, namedGuards } from './gate-document.ts';
import { gateHeadline, remark } from './gate-text.ts';

/** A verdict for a pull request or a job summary. */
export function gateMarkdown(document: GateDocument): string {
  const head = [
    'task',
    'metric',
    'n',
    'baseline',
    'candidate',
    'difference',
    'possible loss',
    'margin',
    'Holm p',
    'verdict',
  ];
  const rows = document.checks.map((check) => [
    check.task,
    check.metric,
    itemsText(check.difference),
    estimateText(check.metric, check.family, check.baseline),
    `${estimateText(check.metric, check.family, check.candidate)} (${check.model})`,
    differenceText(check.metric, check.difference),
    sizeText(check.metric, check.possibleLoss),
    sizeText(check.metric, check.margin),
    pText(check.holm),
    check.verdict,
  ]);
  const notes = [...[...namedChecks(document), ...namedGuards(document)].flatMap(remark), ...document.warnings];
  const list = notes.length === 0 ? '' : `\n${notes.map((note) => `- ${markdownCell(note)}\n`).join('')}`;
  return `## ${gateHeadline(document)}\n\n${markdownTable(head, rows)}${list}`;
}
