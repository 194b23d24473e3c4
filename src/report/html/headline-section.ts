/** The first table of the page. */

import { isBounded } from '../../metrics/metric-spec.ts';
import type { Headline, HeadlineCell, HeadlineRow, ReportModel } from '../view/headline.ts';
import type { LeftOutRun } from '../view/left-out.ts';
import { itemsText, percentText } from '../view/metric-text.ts';
import { type Html, html } from './html.ts';
import { estimateHtml, metricAbout, nameHtml, scaled, scrollTable, tag, unitOf, whisker } from './numbers.ts';
import type { Section } from './section.ts';

export function headlineSection({
  headline,
  models,
  leftOut,
}: Headline & { readonly leftOut: readonly LeftOutRun[] }): Section {
  const head = html`<tr><th scope="col">Task</th>${models.map(modelHead)}<th scope="col" class="num">Floor, ceiling</th></tr>`;
  const metrics = [...new Set(headline.map(({ metric }) => metric))];
  return {
    id: 'results',
    title: 'Results',
    html: html`<p>The headline metric of every task. Under each value: its 95 % interval on an axis from 0 to 100 %, with the floor as a dotted line, and <i>n</i>, the items behind it. A column is one reading of a model: family, attention, shift. Of several runs the one over the most items is shown, then full attention, the largest T, the newest.</p>
${scrollTable('Headline metric with 95 % interval, models side by side; shares in percent', head, headline.map(bodyRow))}
<p class="note">Intervals stay between 0 and 100 % for shares, and are Student’s t for nats and bits. “n 1,033 in 164”: items that share a problem, a passage or a context, in so many clusters, which the interval counts. Floor: what guessing scores (chance) or, where a task states it, what trivial answers score, such as empty ones; ceiling: what the published answers score where the task is judged. “≤” marks an upper bound: a diffusion model gives the ELBO, not the likelihood.</p>
${leftOutHtml(leftOut)}
<dl class="facts">${metrics.map((metric) => html`<dt>${metric}</dt><dd>${metricAbout(metric)}; ${unitOf(metric)}</dd>`)}</dl>`,
  };
}

/** Named, so that nobody looks for them in vain. */
function leftOutHtml(leftOut: readonly LeftOutRun[]): Html | null {
  if (leftOut.length === 0) return null;
  const lines = leftOut.map(
    ({ task, protocol, model, because, runId }) =>
      html`<li>${task} (${protocol}), ${nameHtml(model)}: <a href="#run-${runId.slice(0, 12)}">${because}</a></li>`,
  );
  return html`<details><summary>Not in this table <small>${leftOut.length} ${leftOut.length === 1 ? 'run' : 'runs'}</small></summary>
<ul>${lines}</ul></details>`;
}

function modelHead({ name, family, reading, architecture, parameters }: ReportModel): Html {
  const how = reading === '' ? family : `${family}, ${reading}`;
  return html`<th scope="col" class="name">${nameHtml(name)}<small>${how}</small><small>${architecture}, ${scaled(parameters)} parameters</small></th>`;
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
  const { estimate, isBound, unscored, undecided, status, steps } = cell;
  if (estimate === null) return html`<span class="soft">no item has a score</span>`;
  const share = isBounded(metric)
    ? whisker(estimate, { from: 0, to: 1, level: chance ?? floors[0]?.value ?? null })
    : null;
  const remarks = [
    `n ${itemsText(estimate)}`,
    ...(steps === null ? [] : [`T = ${steps}`]),
    ...(unscored > 0 ? [`${unscored} unscored`] : []),
    ...(undecided > 0 ? [`${undecided} undecided`] : []),
  ];
  return html`${estimateHtml(metric, estimate, isBound)}${share}<small>${remarks.join(', ')}</small>${status === 'interrupted' ? tag('interrupted', 'warn') : null}`;
}
