/** The miniature's charts: an arm is the mean over its seeds, drawn over a faint line for each seed. */
import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import { ARMS, type Arm, STEPS } from './plan.ts';
import { type Miniature, meanRight } from './records.ts';

const COLOURS: Readonly<Record<Arm, string>> = {
  ar: '#333333',
  full: '#c44e52',
  noshift: '#4c72b0',
  noanneal: '#55a868',
  neither: '#8172b3',
  scratch: '#b59a2d',
};
const FAINT = '55';

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Axes {
  readonly title: string;
  readonly x: { readonly type: 'linear' | 'logarithmic'; readonly title: string; readonly ticks?: readonly number[] };
  readonly y: { readonly title: string; readonly max?: number };
}

/** Held-out nats per token over optimizer steps. */
export function lossChart(task: string, { curves }: Miniature): Uint8Array {
  const lines = (arm: Arm) =>
    curves
      .filter((curve) => curve.task === task && curve.arm === arm)
      .map(({ points }) => points.map(([x, y]) => ({ x, y })));
  return chart(lines, {
    title: `${task}: held-out loss`,
    x: { type: 'linear', title: 'optimizer steps' },
    y: { title: 'nats per token (an upper bound for diffusion)' },
  });
}

/** Percent right over diffusion steps T, by the canonical sampler; an autoregressive model is a level line. */
export function accuracyChart(task: string, { records }: Miniature): Uint8Array {
  const lines = (arm: Arm) =>
    records
      .filter((record) => record.task === task && record.arm === arm && record.rule === 'canonical')
      .map((record) => STEPS.map((x) => ({ x, y: 100 * meanRight(record, x) })));
  return chart(lines, {
    title: `${task}: right answers, canonical sampler`,
    x: { type: 'logarithmic', title: 'diffusion steps T', ticks: STEPS },
    y: { title: 'percent', max: 100 },
  });
}

function chart(lines: (arm: Arm) => readonly (readonly Point[])[], { title, x, y }: Axes): Uint8Array {
  const canvas = new ChartJSNodeCanvas({ width: 900, height: 520, backgroundColour: 'white' });
  const present = ARMS.filter((arm) => lines(arm).length > 0);
  const line = (arm: Arm, data: readonly Point[], isMean: boolean) => ({
    label: isMean ? arm : '',
    data: [...data],
    borderColor: isMean ? COLOURS[arm] : `${COLOURS[arm]}${FAINT}`,
    backgroundColor: COLOURS[arm],
    borderWidth: isMean ? 2.5 : 1,
    pointRadius: 0,
  });
  const means = present.map((arm) => line(arm, meanOf(lines(arm)), true));
  const seeds = present.flatMap((arm) => lines(arm).map((each) => line(arm, each, false)));
  const { ticks } = x;
  return canvas.renderToBufferSync({
    type: 'line',
    data: { datasets: [...means, ...seeds] },
    options: {
      animation: false,
      plugins: {
        title: { display: true, text: title },
        legend: { labels: { filter: ({ text }) => text !== '' } },
      },
      scales: {
        x: {
          type: x.type,
          title: { display: true, text: x.title },
          ...(ticks !== undefined && {
            min: ticks[0],
            max: ticks.at(-1),
            afterBuildTicks: (axis) => {
              axis.ticks = ticks.map((value) => ({ value }));
            },
            ticks: { callback: String },
          }),
        },
        y: { beginAtZero: true, title: { display: true, text: y.title }, ...(y.max !== undefined && { max: y.max }) },
      },
    },
  });
}

/** Point by point; lines share their places. */
function meanOf(lines: readonly (readonly Point[])[]): readonly Point[] {
  const [first = []] = lines;
  return first.map(({ x }, i) => ({
    x,
    y: lines.reduce((sum, each) => sum + (each[i]?.y ?? Number.NaN), 0) / lines.length,
  }));
}
