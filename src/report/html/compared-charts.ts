/** Charts of several models of one task over the same items: over T, and over what an item costs. */
import type { ComparedCurves, ComparedModel, ComparedPoint } from '../charts/compared-curves.ts';
import { chartLevel, chartPoint } from '../view/chart-spec.ts';
import { type Html, html } from './html.ts';
import { axisNumber, shortNumber } from './numbers.ts';
import type { WriteName } from './section.ts';
import { type SvgChart, svgChart } from './svg-chart.ts';

/** Lines that a reader can tell apart. */
const MOST_LINES = 8;

const COSTS = [
  { of: 'nfe', title: 'Accuracy against passes', xLabel: 'sequences through the network for an item' },
  { of: 'flops', title: 'Accuracy against FLOPs', xLabel: 'FLOPs of the network for an item' },
  { of: 'seconds', title: 'Accuracy against time', xLabel: 'seconds an item, on the machine of each run' },
] as const;

export function comparedCharts(compared: ComparedCurves, nameHtml: WriteName): Html {
  const { metric, writtenViews, items, curves, levels, leftOut } = compared;
  const charts = [stepsChart(compared), ...COSTS.map((cost) => costChart(compared, cost))];
  const more = Math.max(0, curves.length - MOST_LINES);
  return html`<div class="charts">${charts.map((chart) => (chart === null ? null : svgChart(chart, inWords(chart), nameHtml)))}</div>
<p class="note">${metric}@T of diffusion models${levels.length === 0 ? null : ', beside the headline of left-to-right models (dotted over T)'}, with 95 % intervals, over the same ${items.toLocaleString('en')} items. Costs are of each run over all its items; where T share their passes, the largest T stands for all.${writtenViews === undefined ? null : ` Of texts in several views, passes are of view ${writtenViews.judged}, which is judged here; FLOPs and seconds are not told apart by view and not drawn.`}${more > 0 ? ` ${more} more models are in the tables below only.` : null}${
    leftOut.length === 0
      ? null
      : html` Left out, for they share too few items: ${leftOut.map((name, at) => html`${at === 0 ? null : ', '}${nameHtml(name)}`)}.`
  }</p>`;
}

function stepsChart({ curves, levels }: ComparedCurves): SvgChart {
  return {
    title: 'Accuracy over T',
    xLabel: 'diffusion steps T, on a scale of powers of two',
    yLabel: 'percent of items',
    series: seriesOf(curves, ({ steps }) => steps),
    levels: levels.flatMap(({ model, points: [point] }) => (point ? chartLevel(model, point.value, 100) : [])),
    hasBars: false,
  };
}

/** null where no two points have a cost of their own. */
function costChart({ curves, levels }: ComparedCurves, { of, title, xLabel }: (typeof COSTS)[number]): SvgChart | null {
  const series = seriesOf([...curves, ...levels], (point) => point[of]);
  const shown = series.filter(({ points }) => points.length > 0);
  if (shown.flatMap(({ points }) => points).length < 2) return null;
  return {
    title,
    xLabel: `${xLabel}, logarithmic`,
    yLabel: 'percent of items',
    series: shown,
    levels: [],
    hasBars: true,
  };
}

function seriesOf(models: readonly ComparedModel[], read: (point: ComparedPoint) => number | null) {
  return models.slice(0, MOST_LINES).map(({ model, points }) => ({
    label: model,
    points: points.flatMap((point) => {
      const x = read(point);
      return x === null || x <= 0 ? [] : chartPoint(x, point.value, 100);
    }),
  }));
}

/** For readers who do not see the drawing. */
function inWords({ title, series, levels }: SvgChart): string {
  const lines = series.map(({ label, points }) => {
    const told = points.map(({ x, y }) => `${shortNumber(y)} at ${axisNumber(x)}`);
    return `${label}: ${told.join(', ')}`;
  });
  return [title, ...lines, ...levels.map(({ label, y }) => `${label}: ${shortNumber(y)}`)].join('; ');
}
