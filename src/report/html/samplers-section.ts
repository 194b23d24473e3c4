/** Which sampler a model prefers. */
import { groupBy } from '../../core/collect.ts';
import type { PreferenceRow, SamplerPreferences } from '../charts/sampler-preferences.ts';
import { chartLevel, chartPoint } from '../view/chart-spec.ts';
import { itemsText } from '../view/metric-text.ts';
import type { ReportView } from '../view/report-view.ts';
import { type Html, html } from './html.ts';
import { differenceHtml, estimateHtml, scrollTable, shortNumber } from './numbers.ts';
import { counted, isLong, type Section, type WriteName, wholeName } from './section.ts';
import { type SvgChart, svgChart } from './svg-chart.ts';

/** Lines that a reader can tell apart. */
const MOST_LINES = 6;

export function samplersSection(
  { preferences }: Pick<ReportView, 'preferences'>,
  nameHtml = wholeName,
): Section | null {
  if (preferences.length === 0) return null;
  return {
    id: 'samplers',
    title: 'Which sampler the model prefers',
    gist: counted(preferences.length, 'run'),
    isFolded: isLong(preferences.length),
    html: html`<p>How likely a diffusion model makes the right answers when it writes by each deterministic sampler, tokens drawn: exact, no bounds. <b>marginal</b> writes one token a step in random order; <b>best-of</b> is the most likely of so many random orders, which no sampler knows: what a better order could be worth. <b>@T</b> spreads an answer over T steps, without it every token has a step of its own; numbers of steps that reveal the same tokens together are one row. Differences are to the most likely one, paired by item. Every table is over the same answers; what is known of fewer has one over these.</p>
${preferences.map((each) => preferenceTable(each, nameHtml))}`,
  };
}

function preferenceTable({ task, protocol, model, rows, fewer }: SamplerPreferences, nameHtml: WriteName): Html {
  const chart = chartOf(rows);
  const caption = `Likelihood of the right answers by sampler: ${task}`;
  return html`<h3>${task}, ${nameHtml(model)} <small>${protocol}</small></h3>
${chart === null ? null : html`<div class="charts">${svgChart(chart, `${chart.title}: ${task}; the table below has the numbers`, nameHtml)}</div>`}
${rowsTable(caption, rows)}
${fewer.map((own) => {
  const on = `on ${itemsText((own[0] as PreferenceRow).value)} of ${itemsText((rows[0] as PreferenceRow).value)} answers`;
  return html`<p class="note">Once more ${on}, those that all of these are known of:</p>
${rowsTable(`${caption}, ${on}`, own)}`;
})}`;
}

function rowsTable(caption: string, rows: readonly PreferenceRow[]): Html {
  const head = html`<tr><th scope="col">Sampler</th><th scope="col" class="num">Passes an answer</th><th scope="col">−log p, nats an answer [95 %]</th><th scope="col">Less the first [95 %]</th></tr>`;
  const body = rows.map(
    ({ sampler, passes, value, difference }) =>
      html`<tr><th scope="row" class="name">${sampler}</th><td class="num">${passes === null ? '–' : shortNumber(passes)}</td><td>${estimateHtml('nll', value)}<small>n ${itemsText(value)}</small></td><td>${difference === null ? '–' : differenceHtml('nll', difference)}</td></tr>`,
  );
  return scrollTable(caption, head, body);
}

/** What passes buy: a line an order, the most likely first; what is written in one number of passes only is a level. null without lines. */
function chartOf(rows: readonly PreferenceRow[]): SvgChart | null {
  const byOrder = [...groupBy(rows, ({ order }) => order)];
  const lines = byOrder.filter(([, own]) => new Set(own.map(({ passes }) => passes)).size > 1).slice(0, MOST_LINES);
  if (lines.length === 0) return null;
  const series = lines.map(([label, own]) => ({
    label,
    points: own
      .flatMap(({ passes, value }) => (passes === null ? [] : chartPoint(passes, value)))
      .sort((a, b) => a.x - b.x),
  }));
  const levels = byOrder.flatMap(([label, own]) =>
    own.length === 1 && own[0] !== undefined ? chartLevel(label, own[0].value) : [],
  );
  const axes = { xLabel: 'forward passes an answer, logarithmic', yLabel: '−log p, nats an answer' };
  return { title: 'Likelihood against passes', ...axes, series, levels, hasBars: true };
}
