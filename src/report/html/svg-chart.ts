/** Small charts as SVG in the page's own colours: lines with bands, levels with bands, and points with bars, over a logarithmic axis. */
import type { ChartLevel, ChartSpec } from '../view/chart-spec.ts';
import { COLOURS, dashOf, figure, LEVEL_DASH } from './chart-figure.ts';
import { type Html, html } from './html.ts';
import { axisNumber, shortNumber } from './numbers.ts';
import type { WriteName } from './section.ts';

export interface SvgChart extends ChartSpec {
  /** Intervals as bars at each point instead of bands: where points of models stand at different x. */
  readonly hasBars: boolean;
}

const WIDTH = 480;
const HEIGHT = 280;
const BOX = { left: 44, right: 466, top: 10, bottom: 252 };
/** Pixels of a letter of a label, and beside it. */
const LETTER = 7.5;
const LABEL_ROOM = 8;
/** Labels of an axis at most. */
const MOST_TICKS = 7;

/** @param alt what the chart shows, in words */
export function svgChart(spec: SvgChart, alt: string, nameHtml: WriteName): Html {
  const { series, levels, hasBars } = spec;
  const points = series.flatMap((each) => each.points);
  const bandOf = ({ y, band = { low: y, high: y } }: ChartLevel) => band;
  const ys = [...points, ...levels.map((level) => ({ ...level, ...bandOf(level) }))].flatMap((p) => [
    p.y,
    p.low,
    p.high,
  ]);
  const longest = Math.max(0, ...yTicks(ys).map((tick) => shortNumber(tick).length));
  const left = Math.max(BOX.left, LABEL_ROOM + LETTER * longest);
  const x = scaleOf(
    points.map((point) => Math.log2(point.x)),
    left,
    BOX.right,
  );
  const y = scaleOf(ys, BOX.bottom, BOX.top);
  const at = (px: number, py: number) => `${x(Math.log2(px)).toFixed(1)},${y(py).toFixed(1)}`;
  const bands = levels.map((level, index) => {
    const [top, bottom] = [y(bandOf(level).high), y(bandOf(level).low)];
    return html`<rect class="band k${(series.length + index) % COLOURS}" x="${left}" width="${BOX.right - left}" y="${top.toFixed(1)}" height="${(bottom - top).toFixed(1)}"/>`;
  });
  const levelLines = levels.map(
    (level, index) =>
      html`<line class="swatch k${(series.length + index) % COLOURS}" x1="${left}" x2="${BOX.right}" y1="${y(level.y).toFixed(1)}" y2="${y(level.y).toFixed(1)}" stroke-dasharray="${LEVEL_DASH}"/>`,
  );
  const lines = series.map(({ points: own }, index) => {
    const edge = [...own.map((p) => at(p.x, p.high)), ...own.map((p) => at(p.x, p.low)).reverse()];
    const band = hasBars
      ? own.map((p) => html`<path class="swatch k${index % COLOURS}" d="M${at(p.x, p.low)}L${at(p.x, p.high)}"/>`)
      : html`<polygon class="band k${index % COLOURS}" points="${edge.join(' ')}"/>`;
    return html`${band}<polyline class="swatch k${index % COLOURS}" points="${own.map((p) => at(p.x, p.y)).join(' ')}" stroke-dasharray="${dashOf(index)}"/>${own.map((p) => html`<circle class="dot k${index % COLOURS}" cx="${x(Math.log2(p.x)).toFixed(1)}" cy="${y(p.y).toFixed(1)}" r="3.5"/>`)}`;
  });
  const drawing = html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${alt}">${yTicks(ys).map((tick) => html`<line class="grid" x1="${left}" x2="${BOX.right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}"/><text x="${left - 7}" y="${(y(tick) + 4).toFixed(1)}" text-anchor="end">${shortNumber(tick)}</text>`)}${xTicks(points.map((point) => point.x)).map((tick) => html`<text x="${x(Math.log2(tick)).toFixed(1)}" y="${BOX.bottom + 20}" text-anchor="middle">${axisNumber(tick)}</text>`)}${bands}${levelLines}${lines}</svg>`;
  return figure(spec, drawing, nameHtml);
}

/** From values to pixels, with some room at both ends. */
function scaleOf(values: readonly number[], from: number, to: number): (value: number) => number {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = most > least ? 0.04 * (most - least) : 1;
  return (value) => from + ((value - least + room) / (most - least + 2 * room)) * (to - from);
}

/** Round numbers within the values. */
function yTicks(values: readonly number[]): number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const rough = (most - least || Math.abs(most) || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((times) => times * power >= rough) ?? 10) * power;
  const first = Math.ceil(least / step - 1e-9);
  return Array.from({ length: Math.floor(most / step + 1e-9) - first + 1 }, (_, index) => (first + index) * step);
}

/** The values themselves where they are few, else some of them, far enough apart to be read. */
function xTicks(values: readonly number[]): number[] {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  const apart = Math.log2((distinct.at(-1) ?? 1) / (distinct[0] ?? 1)) / MOST_TICKS;
  const shown: number[] = [];
  for (const value of distinct) {
    const before = shown.at(-1);
    if (before === undefined || Math.log2(value / before) >= apart) shown.push(value);
  }
  return shown;
}
