/** Runs that differ in one thing only. */

import type { AblationCard, AblationRow } from '../view/ablations.ts';
import { itemsText } from '../view/metric-text.ts';
import type { ReportView } from '../view/report-view.ts';
import { type Html, html } from './html.ts';
import { differenceHtml, estimateHtml, scrollTable, tag, unitOf, whisker } from './numbers.ts';
import { counted, isLong, type Section, type WriteName, wholeName } from './section.ts';

/** What the heads of a table take, in rows. */
const TABLE_ROWS = 3;

export function ablationsSection({ ablations }: Pick<ReportView, 'ablations'>, nameHtml = wholeName): Section | null {
  if (ablations.length === 0) return null;
  const labels = [...new Set(ablations.map(({ label }) => label))];
  return {
    id: 'ablations',
    title: 'Ablations',
    gist: `${counted(ablations.length, 'table')} on ${counted(new Set(ablations.map(({ task }) => task)).size, 'task')}`,
    isFolded: isLong(ablations.reduce((sum, { rows }) => sum + rows.length + TABLE_ROWS, 0)),
    html: html`<p>Runs that differ in one thing only, each with its paired difference to the reference.</p>
${labels.map((label) => html`<p class="note">${label.charAt(0).toUpperCase()}${label.slice(1)}.</p>`)}
${ablations.map((each) => card(each, nameHtml))}`,
  };
}

function card({ kind, task, protocol, metric, rows }: AblationCard, nameHtml: WriteName): Html {
  const [first] = rows;
  const what = kind === 'reading' ? html`attention and shift of ${nameHtml(first?.model ?? '')}` : html`checkpoints`;
  const reach = Math.max(0, ...rows.flatMap(({ difference }) => extent(difference)));
  const columns = kind === 'reading' ? ['Attention to the future', 'Shift'] : ['Checkpoint'];
  const head = html`<tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}<th scope="col">${metric}, ${unitOf(metric)} [95 %]</th><th scope="col">Difference to the reference, ${unitOf(metric, true)}</th></tr>`;
  return html`<h3>${task}: ${what}</h3>
${scrollTable(
  `${task}, ${protocol}, ${metric}: ${kind === 'reading' ? 'readings' : 'checkpoints'} against the reference`,
  head,
  rows.map((row) => bodyRow(kind, metric, row, reach, nameHtml)),
)}`;
}

function bodyRow(
  kind: AblationCard['kind'],
  metric: string,
  row: AblationRow,
  reach: number,
  nameHtml: WriteName,
): Html {
  const { model, openFraction, shift, isReference, value, difference } = row;
  const names =
    kind === 'reading'
      ? html`<th scope="row">${openFraction}${LEVELS[openFraction] ?? null}</th><td>${shift ? 'on' : 'off'}</td>`
      : html`<th scope="row" class="name">${nameHtml(model)}</th>`;
  const compared = isReference
    ? tag('reference', 'none')
    : difference === null
      ? html`<span class="soft">no common item</span>`
      : html`${differenceHtml(metric, difference)}${whisker(difference, { from: -reach, to: reach, level: 0 })}<small>n ${itemsText(difference)}</small>`;
  return html`<tr>${names}<td>${value === null ? '–' : estimateHtml(metric, value)}</td><td>${compared}</td></tr>`;
}

const LEVELS: Readonly<Record<number, Html>> = {
  0: html`<small>causal</small>`,
  1: html`<small>bidirectional</small>`,
};

const extent = (difference: AblationRow['difference']): number[] =>
  difference === null || difference.n < 2 ? [] : [Math.abs(difference.low), Math.abs(difference.high)];
