/** Accuracy against forward passes, and against tokens a pass, by sampler. */
import { groupBy } from '../../core/collect.ts';
import { type FrontierPoint, lineOf, type SamplerFrontier } from '../charts/sampler-frontier.ts';
import { frontierViewText } from '../terminal/frontier-table.ts';
import { chartPoint } from '../view/chart-spec.ts';
import type { ReportView } from '../view/report-view.ts';
import { type Html, html } from './html.ts';
import { differenceHtml, estimateHtml, scrollTable, shortNumber, tag } from './numbers.ts';
import { counted, isLong, type Section, type WriteName, wholeName } from './section.ts';
import { type SvgChart, svgChart } from './svg-chart.ts';

/** Lines that a reader can tell apart. */
const MOST_LINES = 8;

export function frontierSection({ frontiers }: Pick<ReportView, 'frontiers'>, nameHtml = wholeName): Section | null {
  if (frontiers.length === 0) return null;
  return {
    id: 'frontier',
    title: 'Samplers: what passes buy',
    gist: counted(frontiers.length, 'comparison'),
    isFolded: isLong(frontiers.length),
    html: html`<p>Each point is a sampler at one T or threshold: all texts of the task by the same model. <b>Front</b>: no other point has as few passes and as high a value. <b>At equal cost</b>: less the reference sampler at the same mean number of passes (between two of its settings, a text by either, in the proportion that costs as much), paired by item; <b>to its largest</b>: less the reference with its most passes.</p>
${frontiers.map((frontier) => frontierHtml(frontier, nameHtml))}`,
  };
}

function frontierHtml(frontier: SamplerFrontier, nameHtml: WriteName): Html {
  const { task, protocol, model, metric, writtenViews, reference, points } = frontier;
  const charts = [
    chartOf(frontier, 'Accuracy against passes', 'forward passes a text, logarithmic', ({ passes }) => passes),
    chartOf(frontier, 'Accuracy against tokens a pass', 'tokens a pass, logarithmic', (point) => point.tokensPerPass),
  ];
  const head = html`<tr><th scope="col">Sampler</th><th scope="col" class="num">T</th><th scope="col" class="num">Passes a text</th><th scope="col" class="num">Tokens a pass</th><th scope="col">${metric} [95 %]</th><th scope="col">At equal cost [95 %]</th><th scope="col">To its largest [95 %]</th></tr>`;
  const body = points.map((point) => rowHtml(metric, point));
  return html`<h3>${task}, ${nameHtml(model)} <small>${protocol}, reference ${reference}</small></h3>
<div class="charts">${charts.map((chart) => svgChart(chart, `${chart.title}: ${task} by sampler; the table below has the numbers`, nameHtml))}</div>
${scrollTable(`${metric} and passes by sampler: ${task}`, head, body)}${
  writtenViews === undefined ? null : html`<p class="note">${frontierViewText(metric, writtenViews)}</p>`
}`;
}

function rowHtml(metric: string, point: FrontierPoint): Html {
  const { sampler, steps, passes, tokensPerPass, value, atEqualCost, toLargest, isOnFront } = point;
  const difference = (of: FrontierPoint['toLargest']) => (of === null ? '–' : differenceHtml(metric, of));
  return html`<tr><th scope="row" class="name">${sampler} ${isOnFront ? tag('front', 'good') : null}</th><td class="num">${steps === null ? '–' : String(steps)}</td><td class="num">${shortNumber(passes)}</td><td class="num">${shortNumber(tokensPerPass)}</td><td>${estimateHtml(metric, value)}</td><td>${difference(atEqualCost)}</td><td>${difference(toLargest)}</td></tr>`;
}

function chartOf(
  { points }: SamplerFrontier,
  title: string,
  xLabel: string,
  read: (point: FrontierPoint) => number,
): SvgChart {
  const lines = [...groupBy(points, ({ sampler }) => lineOf(sampler))].slice(0, MOST_LINES);
  const series = lines.map(([label, own]) => ({
    label,
    points: own
      .map((point) => chartPoint(read(point), point.value, 100))
      .filter(({ x }) => x > 0)
      .sort((a, b) => a.x - b.x),
  }));
  return { title, xLabel, yLabel: 'percent of items', series, levels: [], hasBars: true };
}
