import { markdownCell, markdownTable } from '../../report/documents/markdown-table.ts';
import { differenceText, estimateText } from '../../report/view/metric-text.ts';
import { pText, sizeText } from '../compare/comparison-text.ts';
import type { GateDocument } from './gate-document.ts';
import { gateHeadline } from './gate-text.ts';

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
    String(check.difference.n),
    estimateText(check.metric, check.family, check.baseline),
    `${estimateText(check.metric, check.family, check.candidate)} (${check.model})`,
    differenceText(check.metric, check.difference),
    sizeText(check.metric, check.possibleLoss),
    sizeText(check.metric, check.margin),
    pText(check.holm),
    check.verdict,
  ]);
  const notes = [
    ...document.checks
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ task, metric, verdict, reason }) => `${task}, ${metric}: ${verdict}: ${reason}`),
    ...document.guards
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ task, guard, verdict, reason }) => `${task}, ${guard}: ${verdict}: ${reason}`),
    ...document.warnings,
  ];
  const list = notes.length === 0 ? '' : `\n${notes.map((note) => `- ${markdownCell(note)}\n`).join('')}`;
  return `## ${gateHeadline(document)}\n\n${markdownTable(head, rows)}${list}`;
}
