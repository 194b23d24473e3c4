/** What a text costs, one at a time: a document of numbers. No part of it is a result: all of it depends on the machine. */
import { type ComputedBy, engineText } from '../../core/model.ts';
import type { Family } from '../../core/names.ts';
import type { Bytes, Seconds } from '../../core/units.ts';
import type { Machine } from '../../store/environment.ts';
import { notesText, textTable } from '../terminal/text-table.ts';

export const SPEED_FORMAT = 'bench-speed/1';

export interface SpeedPoint {
  readonly model: string;
  readonly family: Family;
  /** Tokens of the text, its start token included. */
  readonly length: number;
  /** T; null for an autoregressive model. */
  readonly steps: number | null;
  readonly nfe: number;
  /** Wall time of each text, in the order in which they were written. */
  readonly seconds: readonly Seconds[];
  /** Of those. */
  readonly median: Seconds;
  /** Tokens after the start token by the median. */
  readonly tokensPerSecond: number;
  /** Largest resident set of the process while it wrote, weights included; null where the system does not say. */
  readonly peakBytes: Bytes | null;
}

/** A text that the model cannot write. */
export interface SpeedGap extends Pick<SpeedPoint, 'model' | 'length'> {
  readonly reason: string;
}

export interface SpeedDocument extends ComputedBy {
  readonly format: typeof SPEED_FORMAT;
  readonly machine: Machine;
  readonly points: readonly SpeedPoint[];
  readonly gaps: readonly SpeedGap[];
}

export function speedTable(document: SpeedDocument, columns = 100): string {
  const { points, gaps, machine } = document;
  const rows = points.map((point) => [
    ...[point.model, String(point.length), point.steps === null ? 'left to right' : String(point.steps)],
    ...[String(point.nfe), point.median.toFixed(3), spreadText(point), point.tokensPerSecond.toFixed(1)],
    point.peakBytes === null ? '–' : (point.peakBytes / 2 ** 20).toFixed(0),
  ]);
  const head = ['model', 'length', 'T', 'NFE', 's', 'least – most', 'tokens/s', 'peak MiB'];
  const notes = [
    `One text at a time, the median of ${points[0]?.seconds.length ?? 0}; autoregressive models keep keys and values. Engine ${engineText(document)} on ${machine.cpu}, ${machine.cores} cores.`,
    'Peak: resident set of the process, weights included.',
    ...gaps.map(({ model, length, reason }) => `! ${model}, length ${length}: ${reason}`),
  ];
  return `${textTable(head, rows, { right: [1, 2, 3, 4, 5, 6, 7] })}${notesText(notes, columns)}`;
}

const spreadText = ({ seconds }: SpeedPoint): string =>
  `${Math.min(...seconds).toFixed(3)} – ${Math.max(...seconds).toFixed(3)}`;
