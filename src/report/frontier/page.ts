/** Texts written without a prompt, as a page: what they are worth against what they cost. */

import { type Html, html } from '../html/html.ts';
import { scrollTable } from '../html/numbers.ts';
import { pageText } from '../html/page.ts';
import { counted, type Section, wholeName } from '../html/section.ts';
import { svgChart } from '../html/svg-chart.ts';
import type { ChartPoint, ChartSeries } from '../view/chart-spec.ts';
import { judgeNames, modelNames } from './computed-by.ts';
import { type FrontierDocument, type FrontierPoint, intervalText, notesOf, VARIETY } from './document.ts';

export function frontierPage(document: FrontierDocument): string {
  const { points } = document;
  return pageText({
    title: 'Texts without a prompt',
    lead: html`${notesOf(points).map((note) => html`<p>${note}</p>`)}`,
    sections: [chartsSection(points), tableSection(points)],
    foot: html`<p>Made by bench unconditional from stored texts; made again from the same texts, it says the same.</p>`,
  });
}

/** A line a model and temperature over T, and one over temperatures for a model without T. */
export function chartsSection(points: readonly FrontierPoint[]): Section {
  const judged = points.filter((point) => point.judged !== null);
  const perplexity = (point: FrontierPoint): ChartPoint[] =>
    point.judged === null ? [] : [chartPoint(point.nfe, point.judged.perplexity)];
  const judgeOf = judgeNames(points);
  const names = new Set(judged.flatMap((point) => (point.judged === null ? [] : judgeOf(point.judged))));
  const judge = names.size === 0 ? undefined : [...names].join(', ');
  const charts = [
    ...(judge === undefined
      ? []
      : [
          chart('Perplexity', `under ${judge}`, 'forward passes a text', seriesOf(points, perplexity)),
          chart(
            'Frontier',
            'entropy of the tokens, nats (higher: more varied)',
            `perplexity under ${judge} (lower: more fluent)`,
            seriesOf(judged, (point) =>
              point.judged === null ? [] : [chartPoint(point.judged.perplexity.value, point.entropy)],
            ),
          ),
        ]),
    chart(
      'Entropy',
      'nats',
      'forward passes a text',
      seriesOf(points, (each) => [chartPoint(each.nfe, each.entropy)]),
    ),
    chart(
      'Distinct pairs',
      'share',
      'forward passes a text',
      seriesOf(points, (each) => [chartPoint(each.nfe, each.distinct2)]),
    ),
  ];
  return { id: 'frontier', title: 'Against cost', html: html`<div class="charts">${charts}</div>` };
}

const chartPoint = (x: number, { value, low, high }: { value: number; low: number; high: number }): ChartPoint => ({
  ...{ x, y: value, low: Math.max(low, value / 10), high: Math.min(high, Math.abs(value) * 10 + 1) },
});

function seriesOf(points: readonly FrontierPoint[], toPoints: (point: FrontierPoint) => ChartPoint[]): ChartSeries[] {
  const temperatures = new Set(points.map(({ temperature }) => temperature));
  const nameOf = modelNames(points);
  const labelOf = (point: FrontierPoint) =>
    point.steps === null || temperatures.size === 1
      ? nameOf(point)
      : `${nameOf(point)}, temperature ${point.temperature}`;
  const labels = [...new Set(points.map(labelOf))];
  return labels.map((label) => ({
    label,
    points: points
      .filter((point) => labelOf(point) === label)
      .flatMap(toPoints)
      .sort((a, b) => a.x - b.x),
  }));
}

function chart(title: string, yLabel: string, xLabel: string, series: readonly ChartSeries[]): Html {
  const alt = `${title} against ${xLabel}: ${series.map(({ label }) => label).join(', ')}`;
  return svgChart({ title, yLabel, xLabel, series, levels: [], hasBars: true }, alt, wholeName);
}

export function tableSection(points: readonly FrontierPoint[]): Section {
  const [nameOf, judgeOf] = [modelNames(points), judgeNames(points)];
  const head = html`<tr><th scope="col">Model</th><th scope="col" class="num">T</th><th scope="col" class="num">Temperature</th><th scope="col" class="num">Passes a text</th><th scope="col" class="num">Seconds a text</th><th scope="col">Perplexity</th>${VARIETY.map(([, title]) => html`<th scope="col">${title.replace('\n', ' ')}</th>`)}</tr>`;
  const rows = points.map(
    (point) =>
      html`<tr><th scope="row" class="name">${wholeName(nameOf(point))}<small>${point.family}</small></th><td class="num">${point.steps ?? '–'}</td><td class="num">${point.temperature}</td><td class="num">${point.nfe.toFixed(0)}</td><td class="num">${point.seconds.toFixed(2)}</td><td>${point.judged === null ? '–' : html`${intervalText(point.judged.perplexity, 1)}<small>under ${judgeOf(point.judged)}</small>`}</td>${VARIETY.map(([name]) => html`<td>${intervalText(point[name], 3)}</td>`)}</tr>`,
  );
  return {
    id: 'texts',
    title: 'Every set of texts',
    gist: counted(points.length, 'set'),
    html: scrollTable('Texts without a prompt, values with 95 % intervals', head, rows),
  };
}
