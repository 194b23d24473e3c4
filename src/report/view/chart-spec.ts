/** What a chart shows, without a word on how it is drawn. The page writes title, axes and legend itself, as text. */
import type { Estimate } from '../../core/estimate.ts';

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  /** The band around the curve. */
  readonly low: number;
  readonly high: number;
}

export interface ChartSeries {
  readonly label: string;
  readonly points: readonly ChartPoint[];
}

/** A level across the chart, such as chance; with the band that it has where it was measured. */
export interface ChartLevel {
  readonly label: string;
  readonly y: number;
  readonly band?: Pick<ChartPoint, 'low' | 'high'>;
}

export interface ChartSpec {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Drawn on a scale of powers of two; series take the styles of the legend in order, levels the ones after them. */
  readonly series: readonly ChartSeries[];
  readonly levels: readonly ChartLevel[];
}

/** A value at `x` with its interval; one item alone has none to show. */
export function chartPoint(x: number, { value, low, high, n }: Estimate, scale = 1): ChartPoint {
  const [least, most] = n < 2 ? [value, value] : [low, high];
  return { x, y: scale * value, low: scale * least, high: scale * most };
}

export function chartLevel(label: string, estimate: Estimate, scale = 1): ChartLevel {
  const { y, low, high } = chartPoint(0, estimate, scale);
  return { label, y, band: { low, high } };
}

export type ChartTheme = 'light' | 'dark';

/** Draws a chart as PNG, twice the size at which the page shows it. */
export type DrawChart = (spec: ChartSpec, theme: ChartTheme) => Promise<Uint8Array>;
