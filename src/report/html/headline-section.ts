/** The first table of the page. */

import { isBounded } from '../../metrics/metric-spec.ts';
import type { Headline, HeadlineCell, HeadlineRow, ReportModel } from '../view/headline.ts';
import { itemsText, percentText } from '../view/metric-text.ts';
import { type Html, html } from './html.ts';
import { estimateHtml, metricAbout, nameHtml, scaled, scrollTable, tag, unitOf, whisker } from './numbers.ts';
import type { Section } from './section.ts';

export function headlineSection({ headline, models }: Headline): Section {
  const head = html`<tr><th scope="col">Task</th>${models.map(modelHead)}<th scope="col" class="num">Floor</th></tr>`;
  const metrics = [...new Set(headline.map(({ metric }) => metric))];
  return {
    id: 'results',
    title: 'Results',
    html: html`<p>The headline metric of every task. Under each value: its 95 % interval on an axis from 0 to 100 %, with the floor as a dotted line, and <i>n</i>, the items behind it. A model is shown by its own reading (full attention, its own shift); other readings are under <a href="#ablations">Ablations</a>.</p>
${scrollTable('Headline metric with 95 % interval, models side by side; shares in percent', head, headline.map(bodyRow))}
<p class="note">Intervals: Wilson’s for shares of items, Student’s t for means. Floor: what guessing scores (chance) or, where a task states it, what trivial answers score, such as empty ones. “≤” marks an upper bound: a diffusion model gives the ELBO, not the likelihood.</p>
<dl class="facts">${metrics.map((metric) => html`<dt>${metric}</dt><dd>${metricAbout(metric)}; ${unitOf(metric)}</dd>`)}</dl>`,
  };
}

function modelHead({ name, family, architecture, parameters }: ReportModel): Html {
  return html`<th scope="col" class="name">${nameHtml(name)}<small>${family}, ${architecture}, ${scaled(parameters)} parameters</small></th>`;
}

function bodyRow(row: HeadlineRow): Html {
  const { task, protocol, metric, source, chance } = row;
  const floors = [
    ...(chance === null ? [] : [html`${percentText(chance)}<small>chance</small>`]),
    ...row.floors.map(
      ({ name, value, isOfWholeSetOnly }) =>
        html`${percentText(value)}<small>${name}${isOfWholeSetOnly ? ', of the full set' : null}</small>`,
    ),
  ];
  const cells = row.cells.map((cell) => html`<td>${cell === null ? '–' : cellHtml(cell, row)}</td>`);
  return html`<tr><th scope="row" class="name">${task} ${source === 'fixture' ? tag('built-in rows', 'warn') : null}<small>${metric}, ${unitOf(metric)}; ${protocol}</small></th>${cells}<td class="num">${floors.length === 0 ? '–' : floors}</td></tr>`;
}

function cellHtml(cell: HeadlineCell, { metric, chance, floors }: HeadlineRow): Html {
  const { estimate, isBound, unscored, undecided, status } = cell;
  if (estimate === null) return html`<span class="soft">no item has a score</span>`;
  const share = isBounded(metric)
    ? whisker(estimate, { from: 0, to: 1, level: chance ?? floors[0]?.value ?? null })
    : null;
  const remarks = [
    `n ${itemsText(estimate)}`,
    ...(unscored > 0 ? [`${unscored} unscored`] : []),
    ...(undecided > 0 ? [`${undecided} undecided`] : []),
  ];
  return html`${estimateHtml(metric, estimate, isBound)}${share}<small>${remarks.join(', ')}</small>${status === 'interrupted' ? tag('interrupted', 'warn') : null}`;
}
