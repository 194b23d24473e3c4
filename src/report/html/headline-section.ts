/** The first table of the page. */

import { isBounded } from '../../metrics/metric-spec.ts';
import {
  estimatesOf,
  type Headline,
  type HeadlineBlock,
  type HeadlineCell,
  type HeadlineRow,
  headlineBlocks,
  type LeftOutRun,
  type ReportModel,
} from '../view/headline.ts';
import { areUneven, FEWER_NOTE, itemsInRow, percentText } from '../view/metric-text.ts';
import { type Html, html } from './html.ts';
import { estimateHtml, metricAbout, scaled, scrollTable, tag, unitOf, whisker } from './numbers.ts';
import { type Section, type WriteName, wholeName } from './section.ts';

export function headlineSection(
  { leftOut, ...view }: Headline & { readonly leftOut: readonly LeftOutRun[] },
  nameHtml = wholeName,
): Section {
  const metrics = [...new Set(view.headline.map(({ metric }) => metric))];
  const blocks = headlineBlocks(view);
  return {
    id: 'results',
    title: 'Results',
    html: html`<p>The headline metric of every task. Under each value: its 95 % interval on an axis from 0 to 100 %, with the floor as a dotted line, and <i>n</i>, the items behind it. A column is one reading of a model: family, attention, shift. Of several runs the one over the most items is shown, then full attention, the largest T, the newest.</p>
${blocks.length === 1 ? null : html`<p class="note">In ${blocks.length} tables, each of tasks that like models were run on; a value compares with those of its own row.</p>`}
${blocks.map((block) => html`${blocks.length === 1 ? null : blockHead(block)}${headlineTable(block, nameHtml)}`)}
${view.headline.some(({ cells }) => areUneven(estimatesOf(cells))) && html`<p class="note">${FEWER_NOTE}</p>`}
<details><summary>How to read these numbers</summary>
<p class="note">Intervals stay between 0 and 100 % for shares, and are Student’s t for nats and bits. “n 1,033 in 164”: items that share a problem, a passage or a context, in so many clusters, which the interval counts. Floor: what guessing scores (chance) or, where a task states it, what trivial answers score, such as empty ones; ceiling: what the published answers score where the task is judged. “≤” marks an upper bound: a diffusion model gives the ELBO, not the likelihood.</p>
<dl class="facts">${metrics.map((metric) => html`<dt>${metric}</dt><dd>${metricAbout(metric)}; ${unitOf(metric)}</dd>`)}</dl></details>
${leftOutHtml(leftOut, nameHtml)}
${modelsHtml(view.models, nameHtml)}`,
  };
}

function blockHead({ models, rows }: HeadlineBlock): Html {
  const tasks = [...new Set(rows.map(({ task }) => task))];
  return html`<h3>${tasks.join(', ')} <small>${models.length} ${models.length === 1 ? 'model' : 'models'}</small></h3>`;
}

/** Named, so that nobody looks for them in vain. */
function leftOutHtml(leftOut: readonly LeftOutRun[], nameHtml: WriteName): Html | null {
  if (leftOut.length === 0) return null;
  const lines = leftOut.map(
    ({ task, protocol, model, because, runId }) =>
      html`<li>${task} (${protocol}), ${nameHtml(model)}: <a href="#run-${runId.slice(0, 12)}">${because}</a></li>`,
  );
  return html`<details><summary>Not in this table <small>${leftOut.length} ${leftOut.length === 1 ? 'run' : 'runs'}</small></summary>
<ul>${lines}</ul></details>`;
}

/** The whole names: elsewhere they are short. */
function modelsHtml(models: readonly ReportModel[], nameHtml: WriteName): Html {
  const head = html`<tr><th scope="col">Name</th><th scope="col">As it was given</th><th scope="col">Read as</th><th scope="col" class="num">Parameters</th><th scope="col">Weights, SHA-256</th></tr>`;
  const rows = models.map(
    ({ name, model, family, reading, architecture, parameters, weightsDigest }) =>
      html`<tr><th scope="row" class="name">${nameHtml(name)}</th><td class="path"><bdi>${model}</bdi></td><td>${architecture}, ${family}<small>${reading}</small></td><td class="num">${scaled(parameters)}</td><td><code>${weightsDigest.slice(0, 12)}</code></td></tr>`,
  );
  return html`<details id="models"><summary>Models <small>${models.length}, with their whole names</small></summary>
${scrollTable('Models of this report', head, rows)}</details>`;
}

/** Models side by side that a screen holds. */
const MOST_COLUMNS = 6;

function headlineTable(block: HeadlineBlock, nameHtml: WriteName): Html {
  const { models, rows } = block;
  const caption = 'Headline metric with 95 % interval, models side by side; shares in percent';
  if (models.length > MOST_COLUMNS && models.length > rows.length) return turned(block, nameHtml);
  const head = html`<tr><th scope="col">Task</th>${models.map((model) => html`<th scope="col" class="name">${modelHtml(model, nameHtml)}</th>`)}<th scope="col" class="num">Floor, ceiling</th></tr>`;
  const body = rows.map((row) => {
    const cells = row.cells.map((cell) => html`<td>${cellOf(cell, row)}</td>`);
    return html`<tr><th scope="row" class="name">${taskHtml(row)}</th>${cells}<td class="num">${floorsHtml(row)}</td></tr>`;
  });
  return scrollTable(caption, head, body);
}

function turned({ models, rows }: HeadlineBlock, nameHtml: WriteName): Html {
  const head = html`<tr><th scope="col">Model</th>${rows.map((row) => html`<th scope="col" class="name">${taskHtml(row)}</th>`)}</tr>`;
  const body = models.map((model, at) => {
    const cells = rows.map((row) => html`<td>${cellOf(row.cells[at] ?? null, row)}</td>`);
    return html`<tr><th scope="row" class="name">${modelHtml(model, nameHtml)}</th>${cells}</tr>`;
  });
  const foot = html`<tr><th scope="row">Floor, ceiling</th>${rows.map((row) => html`<td>${floorsHtml(row)}</td>`)}</tr>`;
  return scrollTable('Headline metric with 95 % interval, a model a row; shares in percent', head, [...body, foot]);
}

function modelHtml({ name, family, reading, architecture, parameters }: ReportModel, nameHtml: WriteName): Html {
  const how = reading === '' ? family : `${family}, ${reading}`;
  return html`${nameHtml(name)}<small>${how}</small><small>${architecture}, ${scaled(parameters)} parameters</small>`;
}

const taskHtml = ({ task, source, metric, protocol }: HeadlineRow): Html =>
  html`${task} ${source === 'fixture' ? tag('built-in rows', 'warn') : null}<small>${metric}, ${unitOf(metric)}; ${protocol}</small>`;

function floorsHtml({ chance, floors: found }: HeadlineRow): Html {
  const floors = [
    ...(chance === null ? [] : [html`${percentText(chance)}<small>chance</small>`]),
    ...found.map(
      ({ name, value, isOfWholeSetOnly }) =>
        html`${percentText(value)}<small>${name}${isOfWholeSetOnly ? ', of the full set' : null}</small>`,
    ),
  ];
  return html`${floors.length === 0 ? '–' : floors}`;
}

const cellOf = (cell: HeadlineCell | null, row: HeadlineRow): Html =>
  cell === null ? html`<span class="soft">–</span>` : cellHtml(cell, row);

function cellHtml(cell: HeadlineCell, { metric, chance, floors, cells }: HeadlineRow): Html {
  const { estimate, isBound, items, unscored, undecided, status, steps } = cell;
  // Where items are scored, the metric is one that runs of this model do not have.
  if (estimate === null) return html`<span class="soft">${items > unscored ? '–' : 'no item has a score'}</span>`;
  const share = isBounded(metric)
    ? whisker(estimate, { from: 0, to: 1, level: chance ?? floors[0]?.value ?? null })
    : null;
  const remarks = [
    `n ${itemsInRow(estimate, estimatesOf(cells))}`,
    ...(steps === null ? [] : [`T = ${steps}`]),
    ...(unscored > 0 ? [`${unscored} unscored`] : []),
    ...(undecided > 0 ? [`${undecided} undecided`] : []),
  ];
  return html`${estimateHtml(metric, estimate, isBound)}${share}<small>${remarks.join(', ')}</small>${status === 'interrupted' ? tag('interrupted', 'warn') : null}`;
}
