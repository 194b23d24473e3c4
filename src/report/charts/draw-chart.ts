/** Charts as PNG, by chart.js. Titles, axis names and legends are not drawn: the page that shows a chart has them as text. */

import { createRequire } from 'node:module';
import type { Canvas } from '@napi-rs/canvas';
import type { ChartConfiguration, ChartDataset, Plugin } from 'chart.js';
import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import { getOrInsert } from '../../core/collect.ts';
import type { ChartSpec, ChartTheme, DrawChart } from '../view/chart-spec.ts';

/** CSS pixels at which the page shows a chart. */
const WIDTH = 480;
const HEIGHT = 280;
/** Pixels drawn for each of them. */
const DENSITY = 2;

/** Line colours in the order of the legend; `--s0` … in the page's style sheet. */
const COLOURS: Readonly<Record<ChartTheme, readonly string[]>> = {
  light: ['#1f6fb4', '#c2540a', '#2b7f4f', '#9a3b8f', '#6b6f12', '#5a55c4'],
  dark: ['#6fb1ea', '#f0965a', '#74c795', '#d58bcb', '#c3c765', '#a6a2f2'],
};
const PAPER = {
  light: { background: '#fdfdfc', text: '#5b636d', grid: '#e1e3e6' },
  dark: { background: '#121417', text: '#9ea7b1', grid: '#2a2e34' },
} as const;
const FONT = 'system-ui, "Liberation Sans", "DejaVu Sans", "Noto Sans", Arial, Helvetica, sans-serif';
const MARKERS = ['circle', 'rectRot', 'triangle', 'rect', 'star', 'crossRot'] as const;
/** Of a band, in hexadecimal, after a colour. */
const BAND_OPACITY = '1f';

/** What drawings lack on this machine, for the page; null where nothing. Without any font, numbers on axes stay out. */
export function drawingNote(): string | null {
  const { GlobalFonts } = createRequire(import.meta.url)('@napi-rs/canvas') as typeof import('@napi-rs/canvas');
  return GlobalFonts.families.length > 0
    ? null
    : 'The machine that drew the charts has no fonts, so their axes have no numbers; the tables under them have all.';
}

/** A function that draws; what makes canvases is made once for each theme. */
export function chartPainter(): DrawChart {
  const painters = new Map<ChartTheme, ChartJSNodeCanvas>();
  return (spec, theme) =>
    getOrInsert(painters, theme, () => newPainter(theme)).renderToBuffer(configuration(spec, theme));
}

function newPainter(theme: ChartTheme): ChartJSNodeCanvas {
  const backgroundColour = PAPER[theme].background;
  return new ChartJSNodeCanvas({ width: WIDTH, height: HEIGHT, backgroundColour, plugins: { modern: [THREADED] } });
}

/** node-canvas's form of `toBuffer`, which `renderToBuffer` calls, over this canvas's own: pixels become PNG in another thread. */
const THREADED: Plugin = {
  id: 'threaded',
  beforeInit: ({ canvas }) => {
    const drawn = canvas as unknown as Canvas;
    const toBuffer = (done: (error: unknown, png?: Buffer) => void) =>
      void drawn.encode('png').then((png) => done(null, png), done);
    Object.assign(drawn, { toBuffer });
  },
};

type Point = { readonly x: number; readonly y: number };

function configuration(spec: ChartSpec, theme: ChartTheme): ChartConfiguration<'line', Point[]> {
  const { text, grid } = PAPER[theme];
  const xs = spec.series.flatMap(({ points }) => points.map(({ x }) => x));
  const ticks = { color: text, font: { family: FONT, size: 13 } };
  return {
    type: 'line',
    data: { datasets: [...seriesSets(spec, theme), ...levelSets(spec, theme)] },
    options: {
      animation: false,
      responsive: false,
      devicePixelRatio: DENSITY,
      layout: { padding: { top: 8, right: 14, bottom: 2, left: 2 } },
      plugins: { legend: { display: false }, tooltip: { enabled: false } },
      scales: {
        x: {
          type: 'logarithmic',
          min: Math.min(...xs),
          max: Math.max(...xs),
          grid: { color: grid, drawTicks: false },
          border: { color: text },
          ticks: { ...ticks, padding: 6, autoSkip: false, maxRotation: 0, callback: String },
          afterBuildTicks: (axis) => {
            axis.ticks = [...new Set(xs)].sort((a, b) => a - b).map((value) => ({ value }));
          },
        },
        y: {
          grid: { color: grid, drawTicks: false },
          border: { display: false },
          ticks: { ...ticks, padding: 8, maxTicksLimit: 6 },
        },
      },
    },
  };
}

/** Three sets a series: the lower and upper edge of its band, then its line. */
function seriesSets({ series }: ChartSpec, theme: ChartTheme): ChartDataset<'line', Point[]>[] {
  return series.flatMap(({ points }, index) => {
    const colour = colourOf(index, theme);
    const edge = (read: (point: (typeof points)[number]) => number) => ({
      data: points.map((point) => ({ x: point.x, y: read(point) })),
      borderWidth: 0,
      pointRadius: 0,
    });
    return [
      { ...edge(({ low }) => low), fill: false },
      { ...edge(({ high }) => high), fill: '-1', backgroundColor: colour + BAND_OPACITY },
      {
        ...edge(({ y }) => y),
        borderColor: colour,
        borderWidth: 2,
        borderDash: [...(DASHES[index % DASHES.length] ?? [])],
        pointRadius: 3.5,
        pointStyle: MARKERS[index % MARKERS.length] ?? 'circle',
        pointBackgroundColor: colour,
        pointBorderColor: colour,
        fill: false,
        clip: false,
      },
    ];
  });
}

function levelSets({ series, levels }: ChartSpec, theme: ChartTheme): ChartDataset<'line', Point[]>[] {
  const xs = series.flatMap(({ points }) => points.map(({ x }) => x));
  const ends = [Math.min(...xs), Math.max(...xs)];
  return levels.flatMap(({ y, band }, index) => {
    const colour = colourOf(series.length + index, theme);
    const across = (height: number) => ({ data: ends.map((x) => ({ x, y: height })), pointRadius: 0, borderWidth: 0 });
    const line = { ...across(y), borderColor: colour, borderWidth: 1.5, borderDash: LEVEL_DASH, fill: false as const };
    if (band === undefined) return line;
    const above = { ...across(band.high), fill: '-1', backgroundColor: colour + BAND_OPACITY };
    return [{ ...across(band.low), fill: false as const }, above, line];
  });
}

/** Of lines, in the order of the legend: colour is never the only difference. */
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3]];
const LEVEL_DASH = [3, 4];

function colourOf(index: number, theme: ChartTheme): string {
  const colours = COLOURS[theme];
  return colours[index % colours.length] as string;
}
