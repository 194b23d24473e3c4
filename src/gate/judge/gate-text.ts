/** A verdict for the terminal. */

import { shownNames } from '../../report/terminal/model-names.ts';
import { notesText, textTable } from '../../report/terminal/text-table.ts';
import { differenceText, estimateText, itemsText, pText } from '../../report/view/metric-text.ts';
import { sizeText } from '../compare/comparison-text.ts';
import { type Finding, type GateDocument, namedGuards, type TaskCheck } from './gate-document.ts';

/** `gate: pass` and so on: the line that every output starts with. */
export function gateHeadline({ verdict, checks, guards }: GateDocument): string {
  const count = (wanted: string) => [...checks, ...guards].filter((each) => each.verdict === wanted).length;
  const open = verdict === 'pass' ? '' : `; ${count('regression')} failed, ${count('inconclusive')} open`;
  return `gate: ${verdict} (${counted(checks.length, 'check')}, ${counted(guards.length, 'guard')}${open})`;
}

export function gateText(document: GateDocument, columns = 100): string {
  const table =
    document.checks.length === 0
      ? ''
      : `${textTable(['task', 'baseline\ncandidate', 'difference', 'possible loss\nmargin', 'p (Holm)', 'verdict'], document.checks.map(cells), { width: columns })}\n`;
  const notes = [
    ...reasons(document.checks),
    ...namedGuards(document).flatMap(remark),
    ...document.warnings.map((each) => `! ${each}`),
  ];
  const tests = [...new Set(document.checks.map(({ test }) => test))].join(' / ');
  const how = `Difference = candidate − baseline, paired by item; possible loss: the largest that is not ruled out; alpha ${document.alpha}, Holm over tasks${tests === '' ? '' : `; ${tests}`}.`;
  return `${table}${notesText([how, ...notes], columns)}\n${gateHeadline(document)}\n`;
}

function cells(check: TaskCheck): string[] {
  const { metric, family, baseline, candidate, difference, possibleLoss, margin } = check;
  return [
    `${check.task}\n  ${metric}, n ${itemsText(difference)}\n  ${shownNames([check.model])(check.model)}`,
    `${estimateText(metric, family, baseline)}\n${estimateText(metric, family, candidate)}`,
    differenceText(metric, difference),
    `${sizeText(metric, possibleLoss)}\n${sizeText(metric, margin)}`,
    `${pText(check.p)} (${pText(check.holm)})`,
    check.verdict,
  ];
}

/** What is to be said of a check or guard that did not pass. */
export const remark = ({ name, verdict, reason }: Finding): string[] =>
  verdict === 'pass' ? [] : [`${name}: ${verdict}: ${reason}`];

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** A line a verdict and reason, with the checks that it is about. */
function reasons(checks: readonly TaskCheck[]): readonly string[] {
  const lines = new Map<string, string[]>();
  for (const { verdict, reason, task, metric } of checks) {
    const key = `${verdict}: ${reason}`;
    lines.set(key, [...(lines.get(key) ?? []), `${task} ${metric}`]);
  }
  return [...lines].map(([reason, names]) => `${reason}: ${[...new Set(names)].join(', ')}`);
}
