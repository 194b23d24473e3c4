/** What the runs cost. */

import type { ReportView } from '../view/report-view.ts';
import type { WritingStep } from '../view/run-facts.ts';
import { ABOUT_FLOPS, type SpeedRow } from '../view/speed.ts';
import { type Html, html } from './html.ts';
import { scaled, scrollTable, shortNumber } from './numbers.ts';
import { counted, isLong, type Section, type WriteName, wholeName } from './section.ts';

export function speedSection({ speed }: Pick<ReportView, 'speed'>, nameHtml = wholeName): Section | null {
  if (speed.length === 0) return null;
  const hasTexts = speed.some(({ writtenTokensPerSecond }) => writtenTokensPerSecond !== null);
  const rows = speed.map((row) => bodyRow(row, hasTexts, nameHtml));
  const head = html`<tr><th scope="col">Task</th><th scope="col">Model</th><th scope="col" class="num">Items/s</th><th scope="col" class="num">Sequences/s</th><th scope="col" class="num">NFE an item</th>${hasTexts ? html`<th scope="col" class="num">Tokens/s</th>` : null}<th scope="col" class="num">FLOPs an item</th><th scope="col" class="num">Peak memory</th><th scope="col" class="num">Seconds</th></tr>`;
  return {
    id: 'speed',
    title: 'Speed',
    gist: `${counted(speed.length, 'run')}, ${shortNumber(speed.reduce((sum, { seconds }) => sum + seconds, 0))} s together`,
    isFolded: isLong(speed.length),
    html: html`<p>NFE counts the distinct sequences that went through the network. Times are wall time of scoring on the machine that made the run, start-up included where a run is short; they are no part of a result.</p>
${scrollTable('Cost of every run', head, rows)}
${stepsTable(speed, nameHtml)}
<p class="note">${ABOUT_FLOPS} Tokens/s counts written tokens over all texts, those of all views; what a text took is the mean over the same. Peak memory is the largest resident set of the whole process, weights and other tasks of the same command included.</p>
<dl class="facts">${[...new Set(speed.map(({ machine }) => machine))].map((machine) => html`<dt>Machine</dt><dd>${machine}</dd>`)}</dl>`,
  };
}

function bodyRow(row: SpeedRow, hasTexts: boolean, nameHtml: WriteName): Html {
  const tokens = row.writtenTokensPerSecond === null ? '–' : shortNumber(row.writtenTokensPerSecond);
  const memory = row.peakMemory === null ? '–' : `${shortNumber(row.peakMemory / 2 ** 20)} MiB`;
  return html`<tr><th scope="row" class="name">${row.task}<small>${row.protocol}</small></th><td class="name">${nameHtml(row.model)}<small><a href="#run-${row.runId.slice(0, 12)}">${row.runId.slice(0, 12)}</a></small></td>
<td class="num">${shortNumber(row.itemsPerSecond)}</td><td class="num">${shortNumber(row.sequencesPerSecond)}</td><td class="num">${shortNumber(row.nfePerItem)}</td>${hasTexts ? html`<td class="num">${tokens}</td>` : null}<td class="num">${row.flopsPerItem === null ? '–' : scaled(row.flopsPerItem)}</td><td class="num">${memory}</td><td class="num">${shortNumber(row.seconds)}</td></tr>`;
}

/** What each number of steps T took, for runs that wrote texts with several. */
function stepsTable(speed: readonly SpeedRow[], nameHtml: WriteName): Html | null {
  const rows = speed.flatMap((row) => row.writing.map((cost) => stepsRow(row, cost, nameHtml)));
  if (rows.length === 0) return null;
  const head = html`<tr><th scope="col">Task</th><th scope="col">Model</th><th scope="col" class="num">T</th><th scope="col" class="num">NFE a text</th><th scope="col" class="num">FLOPs a text</th><th scope="col" class="num">Tokens/s</th><th scope="col" class="num">Seconds</th></tr>`;
  return scrollTable('Cost of the texts of each number of steps T', head, rows);
}

function stepsRow(
  { task, protocol, model }: SpeedRow,
  { steps, nfe, seconds, tokensPerSecond, flops }: WritingStep,
  nameHtml: WriteName,
): Html {
  const cell = (x: number | null) => html`<td class="num">${x === null ? '–' : shortNumber(x)}</td>`;
  return html`<tr><th scope="row" class="name">${task}<small>${protocol}</small></th><td class="name">${nameHtml(model)}</td><td class="num">${steps}</td>${cell(nfe)}<td class="num">${flops === null ? '–' : scaled(flops)}</td>${cell(tokensPerSecond)}${cell(seconds)}</tr>`;
}
