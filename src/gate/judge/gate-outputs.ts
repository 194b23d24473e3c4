import { markdownCell, markdownTable } from '../../report/documents/markdown-table.ts';
import { differenceText, estimateText, itemsText, pText } from '../../report/view/metric-text.ts';
import { sizeText } from '../compare/comparison-text.ts';
import { type Finding, type GateDocument, namedChecks, namedGuards, type Verdict } from './gate-document.ts';
import { gateHeadline, remark } from './gate-text.ts';

/** A verdict as JUnit XML: a case for each task and guard; a regression is a failure, what is open an error. */
export function gateJunit({ checks, guards }: GateDocument): string {
  const cases: readonly Finding[] = [
    ...checks.map(({ task, model, metric, difference, verdict, reason }) => ({
      name: `${task} ${metric} (${model})`,
      verdict,
      reason: `${reason}; n ${itemsText(difference)}`,
    })),
    ...guards.map(({ task, guard, verdict, reason }) => ({ name: `${task} guard ${guard}`, verdict, reason })),
  ];
  const count = (wanted: Verdict) => cases.filter(({ verdict }) => verdict === wanted).length;
  const counts = `tests="${cases.length}" failures="${count('regression')}" errors="${count('inconclusive')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="bench gate" ${counts}>`,
    `  <testsuite name="bench gate" ${counts}>`,
    ...cases.map(caseXml),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

const ELEMENT = { regression: 'failure', inconclusive: 'error' } as const;

function caseXml({ name, verdict, reason }: Finding): string {
  const head = `    <testcase classname="bench.gate" name="${xmlText(name)}"`;
  if (verdict === 'pass') return `${head}/>`;
  const element = ELEMENT[verdict];
  return `${head}>\n      <${element} type="${verdict}" message="${xmlText(reason)}">${xmlText(reason)}</${element}>\n    </testcase>`;
}

/** Text for content and attributes; characters that XML 1.0 cannot carry become U+FFFD. */
export function xmlText(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
    .replaceAll(/[\t\n\r]/g, (blank) => `&#${blank.charCodeAt(0)};`);
}

/** A verdict as GitHub workflow commands, a line each: errors for regressions, warnings for what is open or to be known. */
export function gateAnnotations(document: GateDocument): string {
  const lines = [...namedChecks(document), ...namedGuards(document)].flatMap(({ name, verdict, reason }) => {
    if (verdict === 'pass') return [];
    return [command(verdict === 'regression' ? 'error' : 'warning', `bench gate: ${name}`, `${verdict}: ${reason}`)];
  });
  const told = document.warnings.map((each) => command('warning', 'bench gate', each));
  return [...lines, ...told, command('notice', 'bench gate', gateHeadline(document))]
    .map((line) => `${line}\n`)
    .join('');
}

function command(level: 'error' | 'warning' | 'notice', title: string, message: string): string {
  return `::${level} title=${escaped(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${escaped(message)}`;
}

const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

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
