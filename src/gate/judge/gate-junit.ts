import { itemsText } from '../../report/view/metric-text.ts';
import type { Finding, GateDocument, Verdict } from './gate-document.ts';

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
