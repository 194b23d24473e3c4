/** What the number of diffusion steps changes. */

import { groupBy } from '../../core/collect.ts';
import { directionOf, isBounded } from '../../metrics/metric-spec.ts';
import {
  type ChartLevel,
  type ChartSeries,
  type ChartSpec,
  chartLevel,
  chartPoint,
  type DrawChart,
} from '../view/chart-spec.ts';
import type { AccuracyCurve, BoundCurve, StepCurve } from '../view/curves.ts';
import { itemsText, valueText } from '../view/metric-text.ts';
import type { ReportView } from '../view/report-view.ts';
import { chartFigure } from './chart-figure.ts';
import { comparedCharts } from './compared-charts.ts';
import { type Html, html } from './html.ts';
import { differenceHtml, estimateHtml, metricAbout, scrollTable, shortNumber, unitOf } from './numbers.ts';
import { counted, type Section, type WriteName, wholeName } from './section.ts';

const overSteps = (title: string, yLabel: string, series: ChartSeries[], levels: ChartLevel[] = []): ChartSpec => ({
  title,
  xLabel: 'diffusion steps T, on a scale of powers of two',
  yLabel,
  series,
  levels,
});

/** Curves that a reader sees without opening them: each is charts and a table. */
const OPEN_CURVES = 2;
/** Tasks whose charts are open when the page opens. */
const OPEN_TASKS = 3;

export async function curvesSection(
  { curves, compared }: Pick<ReportView, 'curves' | 'compared'>,
  drawChart: DrawChart,
  nameHtml = wholeName,
): Promise<Section | null> {
  if (curves.length === 0) return null;
  const parts: Html[] = [];
  const isFew = curves.length <= OPEN_CURVES;
  const sets = groupBy(curves, ({ key }) => key);
  for (const [key, ofSet] of sets) {
    const together = compared.find((each) => each.key === key);
    const insides: Html[] = [];
    for (const curve of ofSet) insides.push(await curveHtml(curve, nameHtml, drawChart));
    const alone = insides.map((each) =>
      isFew ? html`<details class="part" open>${each}</details>` : html`<details class="part">${each}</details>`,
    );
    const { task = '', protocol = '' } = ofSet[0] ?? {};
    parts.push(
      together === undefined
        ? html`${alone}`
        : html`<h3>${task} <small>${protocol}, ${counted(ofSet.length, 'diffusion model')}</small></h3>${comparedCharts(together, nameHtml)}${alone}`,
    );
  }
  return {
    id: 'steps',
    title: 'Diffusion steps',
    gist: `${counted(curves.length, 'curve')} on ${counted(sets.size, 'task')}`,
    isFolded: sets.size > OPEN_TASKS,
    html: html`<p>What a diffusion model gains from more denoising steps T. Bands are 95 % intervals over items. The bound of a T-step chain differs from the bound in continuous time for two reasons that are told apart here: the <b>grid bias</b>, which more steps remove, and <b>Monte-Carlo noise</b>, which only more masks remove.</p>
${parts}`,
  };
}

async function curveHtml(curve: StepCurve, nameHtml: WriteName, drawChart: DrawChart): Promise<Html> {
  const specs = [
    accuracyChart(curve),
    boundChart(curve),
    biasChart(curve),
    ...COST_CHARTS.map((chart) => costChart(curve, chart)),
  ];
  const charts = await Promise.all(
    specs.flatMap((spec) => (spec === null ? [] : [chartFigure(spec, inWords(spec), drawChart)])),
  );
  const { task, model, protocol, items, passes, together, writtenViews } = curve;
  const most = mostItems(curve.accuracies);
  const sized = curve.accuracies.flatMap(({ points }) => points).find(({ value }) => value.n === most)?.value;
  const inAll = writtenViews === undefined ? '' : ` in all its ${1 + writtenViews.others.length} views`;
  const cost = `${shortNumber(together.nfe)} sequences and ${shortNumber(together.seconds)} s an item${inAll}`;
  return html`<summary><h3>${task}, ${nameHtml(model)}</h3></summary>
<p class="note">${protocol}, n ${sized === undefined ? items.toLocaleString('en') : itemsText(sized)}. ${
    passes === 'shared'
      ? `All T come from one set of passes, ${cost}: their differences hold no noise of other masks.`
      : `Every T was drawn by itself, together ${cost}: their differences hold the noise of their draws.`
  }${writtenViews === undefined ? null : ` NFE is of the texts of view ${writtenViews.judged}, which are judged here; views are not timed apart, so no seconds stand beside it.`}${leftOut(curve)}</p>
<div class="charts">${charts}</div>
${numbersTable(curve)}`;
}

/** Shares in percent; a headline of another unit as it is. */
function accuracyChart({ accuracies, chance, floors, baselines, items }: StepCurve): ChartSpec | null {
  const [first] = accuracies;
  if (first === undefined) return null;
  const isShare = isBounded(first.metric);
  const scale = isShare ? 100 : 1;
  const direction = directionOf(first.metric) === -1 ? '; lower is better' : '';
  const title = /^(acc|pass@)/.test(first.metric) ? 'Accuracy' : first.metric;
  const levels: ChartLevel[] = [
    ...baselines.map(({ model, value }) => {
      const name = model.includes('autoregressive') ? model : `${model}, autoregressive`;
      return chartLevel(`${name}${value.n < items ? `, on ${value.n} of these items` : ''}`, value, scale);
    }),
    ...(chance === null ? [] : [{ label: 'chance', y: 100 * chance }]),
    ...floors.filter(({ value }) => value < 1).map(({ name, value }) => ({ label: name, y: 100 * value })),
  ];
  const alike = accuracies.filter(({ metric }) => isBounded(metric) === isShare);
  const most = mostItems(accuracies);
  const series = alike.flatMap(({ metric, points }) => {
    const whole = points.filter(({ value }) => value.n === most);
    const drawn = whole.map(({ steps, value }) => chartPoint(steps, value, scale));
    return drawn.length === 0 ? [] : [{ label: `${metric}@T`, points: drawn }];
  });
  if (series.length === 0) return null;
  return overSteps(title, `${isShare ? 'percent of items' : unitOf(first.metric)}${direction}`, series, levels);
}

const mostItems = (curves: readonly AccuracyCurve[]): number =>
  Math.max(0, ...curves.flatMap(({ points }) => points.map(({ value }) => value.n)));

/** What the chart leaves out: a mean over fewer items stands beside no other. */
function leftOut({ accuracies }: StepCurve): string {
  const most = mostItems(accuracies);
  const names = accuracies.flatMap(({ metric, points }) => {
    const fewer = points.filter(({ value }) => value.n < most);
    const counts = [...groupBy(fewer, ({ value }) => value.n)];
    return counts.map(([n, own]) => {
      const at = own.length === points.length ? 'T' : own.map(({ steps }) => steps).join(', ');
      return `${metric}@${at} (n ${n.toLocaleString('en')})`;
    });
  });
  return names.length === 0 ? '' : ` Not in the chart, for fewer items have a value: ${names.join(', ')}.`;
}

function boundChart({ bound }: StepCurve): ChartSpec | null {
  if (bound === null) return null;
  const points = bound.points.map(({ steps, value }) => chartPoint(steps, value));
  const series = [{ label: 'NELBO of the T-step chain', points }];
  const levels = [{ label: 'NELBO in continuous time', y: bound.continuous.value }];
  return overSteps('Bound of the right answer', 'NELBO in nats an answer; lower is better', series, levels);
}

function biasChart({ bound }: StepCurve): ChartSpec | null {
  if (bound === null) return null;
  const bias = bound.points.map(({ steps, gridBias }) => chartPoint(steps, gridBias));
  const noise = bound.points.map(({ steps, monteCarlo: y }) => ({ x: steps, y, low: y, high: y }));
  const series = [
    { label: 'grid bias, NELBO_T − NELBO', points: bias },
    { label: 'Monte-Carlo standard error of NELBO_T', points: noise },
  ];
  return overSteps('Grid bias and Monte-Carlo noise', 'nats an answer', series, [{ label: 'no bias', y: 0 }]);
}

const COST_CHARTS = [
  { of: 'nfe', title: 'Cost', yLabel: 'sequences through the network, for an item or text', label: 'NFE' },
  { of: 'seconds', title: 'Time', yLabel: 'seconds for an item or text, on the machine of the run', label: 'seconds' },
] as const;

/** Only where T have a cost of their own. */
function costChart({ costs }: StepCurve, { of, title, yLabel, label }: (typeof COST_CHARTS)[number]): ChartSpec | null {
  const points = costs.flatMap(({ steps: x, [of]: y }) => (y === null ? [] : [{ x, y, low: y, high: y }]));
  if (points.length < 2) return null;
  return overSteps(title, yLabel, [{ label, points }]);
}

/** For readers who do not see the drawing; the numbers follow in the table. */
function inWords({ title, series, levels }: ChartSpec): string {
  const lines = series.map(({ label, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    return `${label} goes from ${shortNumber(first?.y ?? 0)} at T = ${first?.x} to ${shortNumber(last?.y ?? 0)} at T = ${last?.x}`;
  });
  const also = levels.map(({ label, y }) => `${label} is ${shortNumber(y)}`);
  return `${title}: ${[...lines, ...also].join('; ')}. The numbers are in the table below.`;
}

function numbersTable({ accuracies, bound, costs, task, model }: StepCurve): Html {
  const most = mostItems(accuracies);
  const shown = { nfe: costs.some(({ nfe }) => nfe !== null), seconds: costs.some(({ seconds }) => seconds !== null) };
  const head = html`<tr><th scope="col" class="num">T</th>${accuracies.map(
    ({ metric }) =>
      html`<th scope="col"><span title="${metricAbout(`${metric}@1`)}">${metric}@T</span>, ${unitOf(`${metric}@1`)}</th>`,
  )}${
    bound !== null &&
    html`<th scope="col">NELBO_T, nats</th><th scope="col">Grid bias</th><th scope="col" class="num">Monte-Carlo s.e.</th>`
  }${shown.nfe && html`<th scope="col" class="num">NFE</th>`}${
    shown.seconds && html`<th scope="col" class="num">Seconds an item or text</th>`
  }</tr>`;
  const rows = costs.map((cost) => {
    const cells = accuracies.map((curve) => accuracyCell(curve, cost.steps, most));
    return html`<tr><th scope="row" class="num">${cost.steps}</th>${cells}${
      bound !== null && boundCells(bound, cost.steps)
    }${shown.nfe && costCell(cost.nfe)}${shown.seconds && costCell(cost.seconds)}</tr>`;
  });
  const whole =
    bound !== null &&
    html`<tr><th scope="row" class="num">∞</th>${accuracies.map(() => html`<td>–</td>`)}<td>${estimateHtml('nelbo', bound.continuous)}</td><td>–</td><td class="num">–</td>${
      shown.nfe && costCell(null)
    }${shown.seconds && costCell(null)}</tr>`;
  return scrollTable(`Numbers of the charts: ${task}, ${model}`, head, html`${rows}${whole}`);
}

/** @param most items of the widest curve; a value over fewer says its own */
function accuracyCell({ metric, points }: AccuracyCurve, steps: number, most: number): Html {
  const point = points.find((each) => each.steps === steps);
  if (point === undefined) return html`<td>–</td>`;
  const { value } = point;
  return html`<td>${estimateHtml(`${metric}@${steps}`, value)}${value.n < most && html`<small>n ${itemsText(value)}</small>`}</td>`;
}

function boundCells({ points }: BoundCurve, steps: number): Html {
  const point = points.find((each) => each.steps === steps);
  if (point === undefined) return html`<td>–</td><td>–</td><td class="num">–</td>`;
  const { value, gridBias, monteCarlo } = point;
  return html`<td>${estimateHtml('nelbo', value)}</td><td>${differenceHtml('nelbo', gridBias)}</td><td class="num">${valueText('nelbo', monteCarlo)}</td>`;
}

const costCell = (cost: number | null): Html => html`<td class="num">${cost === null ? '–' : shortNumber(cost)}</td>`;
