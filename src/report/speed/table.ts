/** What a text costs, as a terminal table. Pure text. */
import { notesText, textTable } from '../terminal/text-table.ts';
import type { SpeedDocument, SpeedPoint } from './document.ts';

export function speedTable({ points, gaps, engine, dtype, machine }: SpeedDocument, columns = 100): string {
  const rows = points.map((point) => [
    ...[point.model, String(point.length), point.steps === null ? 'left to right' : String(point.steps)],
    ...[String(point.nfe), point.median.toFixed(3), spreadText(point), point.tokensPerSecond.toFixed(1)],
    point.peakBytes === null ? '–' : (point.peakBytes / 2 ** 20).toFixed(0),
  ]);
  const head = ['model', 'length', 'T', 'NFE', 's', 'least – most', 'tokens/s', 'peak MiB'];
  const notes = [
    `One text at a time, the median of ${points[0]?.seconds.length ?? 0}; autoregressive models keep keys and values. ${engine} ${dtype} on ${machine.cpu}, ${machine.cores} cores.`,
    'Peak: resident set of the process, weights included.',
    ...gaps.map(({ model, length, reason }) => `! ${model}, length ${length}: ${reason}`),
  ];
  return `${textTable(head, rows, { right: [1, 2, 3, 4, 5, 6, 7] })}${notesText(notes, columns)}`;
}

const spreadText = ({ seconds }: SpeedPoint): string =>
  `${Math.min(...seconds).toFixed(3)} – ${Math.max(...seconds).toFixed(3)}`;
