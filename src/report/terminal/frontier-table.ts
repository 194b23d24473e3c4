/** Samplers of one model on one task as text: what each setting costs and gives. */
import type { WrittenViews } from '../../metrics/written-views.ts';
import type { FrontierPoint, SamplerFrontier } from '../charts/sampler-frontier.ts';
import { differenceText, estimateText, itemsText } from '../view/metric-text.ts';
import { notesText, textTable } from './text-table.ts';

export const FRONTIER_HEAD = ['sampler', 'T', 'passes', 'tokens a pass', 'value', 'at equal cost', 'to its largest'];

/** A point as cells under `FRONTIER_HEAD`. */
export function frontierCells(metric: string, point: FrontierPoint): readonly string[] {
  const { sampler, steps, passes, tokensPerPass, value, atEqualCost, toLargest, isOnFront } = point;
  const difference = (of: FrontierPoint['toLargest']) => (of === null ? '–' : differenceText(metric, of));
  return [
    `${sampler}${isOnFront ? ' *' : ''}`,
    steps === null ? '–' : String(steps),
    passes.toFixed(1),
    tokensPerPass.toFixed(2),
    estimateText(metric, 'diffusion', value),
    difference(atEqualCost),
    difference(toLargest),
  ];
}

/** Which texts are counted, where they were written in several views. */
export const frontierViewText = (metric: string, { judged }: WrittenViews): string =>
  `Passes and tokens are of the texts of view ${judged}, which ${metric} judges.`;

export function frontierTable(frontiers: readonly SamplerFrontier[], columns: number): string {
  return frontiers
    .map(({ task, model, metric, writtenViews, reference, points }) => {
      const items = points[0] === undefined ? '0' : itemsText(points[0].value);
      const rows = points.map((point) => frontierCells(metric, point));
      const about = `* no other has as few passes and as high a value. At equal cost: less ${reference} at the same mean number of passes; to its largest: less ${reference} with its most passes; paired by item, with 95 % intervals, in points.`;
      const counted = writtenViews === undefined ? [] : [frontierViewText(metric, writtenViews)];
      const table = textTable(FRONTIER_HEAD, rows, { right: [1, 2, 3], width: columns });
      return `${task}, ${model}, ${metric} by sampler, n ${items}\n${table}${notesText([about, ...counted], columns)}`;
    })
    .join('\n');
}
