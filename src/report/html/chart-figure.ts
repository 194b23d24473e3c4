/** A drawn chart as the page shows it: caption, legend and axis names as text, the drawing in a light and a dark form. */
import type { ChartSpec, ChartTheme, DrawChart } from '../view/chart-spec.ts';
import { type Html, html, type Part } from './html.ts';

/** @param alt what the drawing shows, in words */
export async function chartFigure(spec: ChartSpec, alt: string, drawChart: DrawChart): Promise<Html> {
  const source = async (theme: ChartTheme) =>
    `data:image/png;base64,${Buffer.from(await drawChart(spec, theme)).toString('base64')}`;
  const [light, dark] = await Promise.all([source('light'), source('dark')]);
  const drawing = html`<picture><source media="(prefers-color-scheme: dark)" srcset="${dark}"><img src="${light}" width="480" height="280" alt="${alt}"></picture>`;
  return figure(spec, drawing, (label) => label);
}

/** The frame of any drawing; in its legend lines, then levels, with their strokes. */
export function figure(spec: ChartSpec, drawing: Html, write: (label: string) => Part): Html {
  const { title, xLabel, yLabel, series, levels } = spec;
  const lines = series.map(({ label }, index) => html`<li>${swatch(index, dashOf(index))}${write(label)}</li>`);
  const across = levels.map(({ label }, at) => html`<li>${swatch(series.length + at, LEVEL_DASH)}${write(label)}</li>`);
  return html`<figure>
<figcaption><b>${title}</b> <span class="axis-label">${yLabel}</span></figcaption>
${drawing}
<p class="axis-label">${xLabel}</p>
<ul class="legend">${lines}${across}</ul>
</figure>`;
}

/** Dashes of lines in the order of the legend. */
export const dashOf = (index: number): string => ['', '7 4', '2 3'][index % 3] ?? '';
export const LEVEL_DASH = '3 4';
export const COLOURS = 6;

function swatch(index: number, dash: string): Html {
  return html`<svg width="26" height="8" aria-hidden="true"><line class="swatch k${index % COLOURS}" x1="0" x2="26" y1="4" y2="4" stroke-dasharray="${dash}"/></svg>`;
}
