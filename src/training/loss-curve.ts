/** The course of a run as a picture. */
import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import type { CausalRecipe, DiffusionRecipe } from './recipe.ts';
import type { MetricsLine } from './training-folder.ts';

const SIZE = { width: 900, height: 520 };
/** Points of the training loss: means of as many neighbours as it takes. */
const POINTS = 150;
const COLOURS = ['#c44e52', '#55a868', '#8172b3', '#ccb974', '#64b5cd', '#8c613c'];

interface Point {
  readonly x: number;
  readonly y: number;
}

/** What the numbers of a curve are: only the published diffusion loss is none per token. */
type LossScale = Pick<CausalRecipe, 'kind'> | Pick<DiffusionRecipe, 'kind' | 'loss'>;

/** @returns a PNG of `lossChart` */
export const lossCurve = (title: string, metrics: readonly MetricsLine[], scale: LossScale): Uint8Array =>
  new ChartJSNodeCanvas({ ...SIZE, backgroundColour: 'white' }).renderToBufferSync(lossChart(title, metrics, scale));

/** Training loss, and the held-out loss of each source, in nats over steps. */
export function lossChart(title: string, metrics: readonly MetricsLine[], scale: LossScale) {
  const { axis, training } = wordsOf(scale);
  const curves = [
    { label: training, data: trainingPoints(metrics), borderColor: '#9db4d0', pointRadius: 0, borderWidth: 1.5 },
    ...[...heldOutPoints(metrics)].map(([source, data], i) => ({
      label: `held out: ${source}`,
      data: [...data],
      borderColor: COLOURS[i % COLOURS.length] as string,
      pointRadius: 2.5,
      borderWidth: 2,
    })),
  ];
  return {
    type: 'line',
    data: { datasets: curves },
    options: {
      animation: false,
      plugins: { title: { display: true, text: title } },
      scales: {
        x: { type: 'linear', title: { display: true, text: 'optimizer steps' } },
        y: { beginAtZero: true, title: { display: true, text: axis } },
      },
    },
  } as const;
}

function wordsOf(scale: LossScale): { readonly axis: string; readonly training: string } {
  if (scale.kind === 'autoregressive') return { axis: 'nats per token', training: 'training loss' };
  const bound = 'nats per token (upper bound)';
  if (scale.loss === 'fixed') return { axis: bound, training: 'training loss' };
  return { axis: `held out: ${bound}`, training: 'training loss: nats / t, mean over masked tokens' };
}

/** Means of the training loss over equal stretches. */
export function trainingPoints(metrics: readonly MetricsLine[]): Point[] {
  const lines = metrics.flatMap(({ step, loss }) => (loss === undefined ? [] : [{ step, loss }]));
  const stretch = Math.max(1, Math.ceil(lines.length / POINTS));
  const points: Point[] = [];
  for (let from = 0; from < lines.length; from += stretch) {
    const part = lines.slice(from, from + stretch);
    points.push({
      x: part.reduce((sum, { step }) => sum + step, 0) / part.length,
      y: part.reduce((sum, { loss }) => sum + loss, 0) / part.length,
    });
  }
  return points;
}

function heldOutPoints(metrics: readonly MetricsLine[]): ReadonlyMap<string, readonly Point[]> {
  const points = new Map<string, Point[]>();
  for (const { step, heldOut = [] } of metrics) {
    for (const { source, natsPerToken } of heldOut) {
      points.set(source, [...(points.get(source) ?? []), { x: step, y: natsPerToken }]);
    }
  }
  return points;
}
