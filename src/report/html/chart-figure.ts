/** A drawn chart as the page shows it: caption, legend and axis names as text, the drawing in a light and a dark form. */
import type { ChartSpec, ChartTheme, DrawChart } from '../view/chart-spec.ts';
import { type Html, html, type Part } from './html.ts';

interface LegendParts {
  readonly series: readonly { readonly label: string }[];
  readonly levels: readonly { readonly label: string }[];
}

/** @param alt what the drawing shows, in words */
export async function chartFigure(spec: ChartSpec, alt: string, drawChart: DrawChart): Promise<Html> {
  const source = async (theme: ChartTheme) =>
    `data:image/png;base64,${Buffer.from(await drawChart(spec, theme)).toString('base64')}`;
  const [light, dark] = await Promise.all([source('light'), source('dark')]);
  return html`<figure>
<figcaption><b>${spec.title}</b> <span class="axis-label">${spec.yLabel}</span></figcaption>
<picture><source media="(prefers-color-scheme: dark)" srcset="${dark}"><img src="${light}" width="480" height="280" alt="${alt}"></picture>
<p class="axis-label">${spec.xLabel}</p>
<ul class="legend">${legend(spec)}</ul>
</figure>`;
}

/** Lines, then levels, with their strokes. */
export function legend({ series, levels }: LegendParts, write: (label: string) => Part = (label) => label): Html[] {
  return [
    ...series.map(
      ({ label }, index) => html`<li>${swatch(index, SERIES[index % SERIES.length] ?? '')}${write(label)}</li>`,
    ),
    ...levels.map(({ label }, index) => html`<li>${swatch(series.length + index, '3 4')}${write(label)}</li>`),
  ];
}

/** Dashes as the drawing has them. */
const SERIES = ['', '7 4', '2 3'];
const COLOURS = 6;

function swatch(index: number, dash: string): Html {
  return html`<svg width="26" height="8" aria-hidden="true"><line class="swatch k${index % COLOURS}" x1="0" x2="26" y1="4" y2="4" stroke-dasharray="${dash}"/></svg>`;
}
