/** Where the error of each headline comes from. */
import { valueText } from '../view/metric-text.ts';
import type { NoiseRow } from '../view/noise.ts';
import type { ReportView } from '../view/report-view.ts';
import { type Html, html } from './html.ts';
import { scrollTable, shortNumber, unitOf } from './numbers.ts';
import { counted, isLong, type Section, type WriteName, wholeName } from './section.ts';

export function noiseSection({ noise }: Pick<ReportView, 'noise'>, nameHtml = wholeName): Section | null {
  if (noise.length === 0) return null;
  const head = html`<tr><th scope="col">Task</th><th scope="col">Model</th><th scope="col" class="num">Items</th><th scope="col" class="num">Masks</th><th scope="col" class="num">Seeds</th><th scope="col" class="num">Together</th><th scope="col" class="num">Undecided</th></tr>`;
  return {
    id: 'noise',
    title: 'Noise budget',
    gist: `${counted(noise.length, 'headline')}, error by items, masks and seeds`,
    isFolded: isLong(noise.length),
    html: html`<p>One standard error of each headline, by cause. <b>Items</b>: other questions could have been asked; more items help. <b>Masks</b>: other masks could have been drawn (Monte Carlo); more passes help. <b>Seeds</b>: what seeds move beyond that, where several were run. <b>Undecided</b>: answers that lead by less than two Monte-Carlo standard errors, and how many other masks are expected to change at the least: answers in third place and behind are not counted.</p>
${scrollTable(
  'Standard error by cause, and its share of the variance',
  head,
  noise.map((row) => bodyRow(row, nameHtml)),
)}`,
  };
}

/** Values without spread say nothing of the error: few items, or all right. */
const ALIKE = html`<td class="num">–<small>all items alike</small></td>`;

function bodyRow(
  { task, protocol, model, metric, items, budget, undecided, seeds }: NoiseRow,
  nameHtml: WriteName,
): Html {
  const part = (error: number | null, share: number | null) =>
    error === null
      ? html`<td class="num">–<small>one seed</small></td>`
      : html`<td class="num">${valueText(metric, error)}${budget.total > 0 && html`<small>${Math.round(100 * (share ?? 0))} %</small>`}</td>`;
  const open =
    undecided === null
      ? '–'
      : html`${undecided.count} of ${items}<small>at least ${shortNumber(undecided.expectedFlips)} expected to change</small>`;
  return html`<tr><th scope="row" class="name">${task}<small>${metric}, ${unitOf(metric, true)}; ${protocol}</small></th><td class="name">${nameHtml(model)}<small>${seeds.length > 1 ? `seeds ${seeds.join(', ')}` : null}</small></td>
${budget.item === 0 ? ALIKE : part(budget.item, budget.shares.item)}${part(budget.monteCarlo, budget.shares.monteCarlo)}${part(budget.seed, budget.shares.seed)}
<td class="num">${budget.total === 0 ? '–' : valueText(metric, budget.total)}</td><td class="num">${open}</td></tr>`;
}
