/** Our numbers beside the published ones. */

import { QUIRKS } from '../published/quirks.ts';
import {
  type ConformanceCell,
  type ConformanceTable,
  MATCHES_WITHIN,
  type Verdict,
  verdictText,
} from '../view/conformance.ts';
import { percentText, signedText } from '../view/metric-text.ts';
import type { ReportView } from '../view/report-view.ts';
import { type Html, html } from './html.ts';
import { minus, scrollTable, type Tone, tag } from './numbers.ts';
import { counted, type Section, tally } from './section.ts';

const TONES: Readonly<Record<Verdict, Tone>> = {
  matches: 'good',
  explained: 'warn',
  unexplained: 'bad',
  'weights not public': 'none',
  'not run': 'none',
  smoke: 'none',
};

export function conformanceSection({ conformance }: Pick<ReportView, 'conformance'>): Section {
  return {
    id: 'conformance',
    title: 'Paper conformance',
    gist: gistOf(conformance),
    isFolded: !conformance.some(hasRuns),
    html: html`<p>Every cell of the published tables (arXiv 2410.17891) beside the runs of this report: the published value, ours with its interval, the difference in points and in standard errors, and a verdict.</p>
<dl class="facts">
<dt>${tag('matches', 'good')}</dt><dd>within ${MATCHES_WITHIN} standard errors of both values together, each taken over its own items as if they were independent. Both sides saw the same items, so a true reproduction lies well inside. Of means such as ROUGE no error was published: it counts as large as ours.</dd>
<dt>${tag('explained', 'warn')}</dt><dd>further apart, and our run differs from the published procedure in ways that are known to move this number; they are named. It does not say that they account for all of it.</dd>
<dt>${tag('unexplained', 'bad')}</dt><dd>further apart, and nothing known explains it.</dd>
<dt>${tag(verdictText('weights not public'), 'none')}</dt><dd>the authors released no weights that could give this value.</dd>
<dt>${tag('not run', 'none')}</dt><dd>no run of this report measures it.</dd>
${conformance.some(({ counts }) => counts.smoke > 0) ? html`<dt>${tag('smoke', 'none')}</dt><dd>a built-in checkpoint on built-in rows stands in: it shows that all works, and neither value nor difference says anything of the article.</dd>` : null}
</dl>
${conformance.map(tableHtml)}
<details><summary>Quirks of the published procedure <small>${QUIRKS.length} that can move a number</small></summary>
<dl class="facts">${QUIRKS.map(({ id, text, isEmulated }) => html`<dt>${id}</dt><dd>${text}${isEmulated ? ' (done under --protocol paper)' : ''}</dd>`)}</dl></details>`,
  };
}

const hasRuns = ({ counts }: ConformanceTable): boolean =>
  counts.matches + counts.explained + counts.unexplained + counts.smoke > 0;

function gistOf(tables: readonly ConformanceTable[]): string {
  const cells = tables.flatMap(({ rows }) => rows.flatMap((row) => row.cells));
  const verdicts = cells.flatMap(({ ours, verdict }) => (ours === null ? [] : (verdict ?? [])));
  const printed = cells.filter((cell) => cell.printed !== null).length;
  return verdicts.length === 0
    ? `none of ${counted(printed, 'published cell')} was run`
    : `${verdicts.length} of ${counted(printed, 'published cell')} run: ${tally(verdicts)}`;
}

/** Opens on the cells that were run, where any was; the whole table is a step further. */
function tableHtml(table: ConformanceTable): Html {
  const { id, title, notes, counts } = table;
  const verdicts = Object.entries(counts).filter(([, count]) => count > 0);
  const told = verdicts.map(([verdict, count]) => `${count} ${verdictText(verdict as Verdict)}`).join(', ');
  const head = html`<summary>${title} <small>${told}</small></summary>
<div class="inside" id="${id}">${notes.map((note) => html`<p class="note">${note}</p>`)}`;
  if (!hasRuns(table)) return html`<details>${head}${gridHtml(table)}</div></details>`;
  return html`<details open>${head}${gridHtml(runPart(table))}
<details><summary>The whole table</summary>${gridHtml(table)}</details></div></details>`;
}

/** The rows and columns in which a cell was run. */
function runPart(table: ConformanceTable): ConformanceTable {
  const rows = table.rows.filter(({ cells }) => cells.some(({ ours }) => ours !== null));
  const places = [...table.columns.keys()].filter((at) => rows.some(({ cells }) => cells[at]?.ours != null));
  return {
    ...table,
    columns: places.flatMap((at) => table.columns[at] ?? []),
    rows: rows.map((row) => ({ ...row, cells: places.flatMap((at) => row.cells[at] ?? []) })),
  };
}

function gridHtml({ source, columns, rows }: ConformanceTable): Html {
  const ofRow = rows.map(({ cells }) => commonReason(cells));
  const ofColumn = columns.map((_, at) =>
    commonReason(rows.flatMap(({ cells }, row) => (ofRow[row] === null ? (cells[at] ?? []) : []))),
  );
  const small = (reason: string | null | undefined) => (reason ? html`<small>${reason}</small>` : null);
  const head = html`<tr><th scope="col">Model</th>${columns.map((name, at) => html`<th scope="col">${name}${small(ofColumn[at])}</th>`)}</tr>`;
  const body = rows.map(({ name, cells }, row) => {
    const told = (at: number) => [ofRow[row] ?? null, ofColumn[at] ?? null];
    return html`<tr><th scope="row" class="name">${name}${small(ofRow[row])}</th>${cells.map((cell, at) => html`<td>${cellHtml(cell, told(at))}</td>`)}</tr>`;
  });
  return scrollTable(`${source}; published value, ours, difference`, head, body, 'conformance');
}

/** Why nothing in a row or column could be run, where one reason holds for all of it. */
function commonReason(cells: readonly ConformanceCell[]): string | null {
  const printed = cells.filter(({ printed }) => printed !== null);
  const [first] = printed;
  const reason = first?.reasons[0];
  if (first === undefined || reason === undefined || printed.length < 2) return null;
  return printed.every(({ ours, reasons }) => ours === null && reasons.length === 1 && reasons[0] === reason)
    ? reason
    : null;
}

/** @param told reasons that the headings say already */
function cellHtml(cell: ConformanceCell, told: readonly (string | null)[]): Html {
  const { printed, verdict, reasons, ours, difference, standardErrors, protocol } = cell;
  if (printed === null || verdict === null) return html`–`;
  const numbers =
    ours === null || difference === null
      ? null
      : html`<small>ours ${percentText(ours.value)} [${percentText(ours.low)}, ${percentText(ours.high)}]</small><small>${minus(signedText('acc', difference))} points, ${standardErrors === null ? 'no' : minus(standardErrors.toFixed(1))} s.e.; ${protocol}</small>`;
  const shown = (ours === null ? reasons : shortReasons(reasons)).filter((reason) => !told.includes(reason));
  return html`<span class="printed">${printed}</span>${numbers} ${tag(verdictText(verdict), TONES[verdict])}${shown.map((reason) => html`<small>${reason}</small>`)}`;
}

/** Quirks by their number: the register below the tables says what they are. */
function shortReasons(reasons: readonly string[]): readonly string[] {
  const quirks = reasons.flatMap((reason) => /^(Q\d+): /.exec(reason)?.[1] ?? []);
  const others = reasons.filter((reason) => !/^Q\d+: /.test(reason));
  return [...(quirks.length === 0 ? [] : [quirks.join(', ')]), ...others];
}
