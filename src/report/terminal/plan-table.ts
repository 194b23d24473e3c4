/** What runs are expected to take, and that as a table. */
import type { Bytes, Seconds } from '../../core/units.ts';
import { textTable } from './text-table.ts';

export interface PlannedRun {
  readonly model: string;
  readonly task: string;
  readonly items: number;
  /** Items from which all of this was found. */
  readonly tried: number;
  /** Distinct sequences, or forward passes of texts. */
  readonly passes: number;
  readonly tokens: number;
  /** Multiplications and additions of matrix products. */
  readonly flops: number;
  /** What computes, such as `cpu`. */
  readonly device: string;
  readonly seconds: Seconds;
  readonly flopsPerSecond: number;
  /** Where the rate comes from: the items that were tried, an earlier run alike on this machine, or whoever asks. */
  readonly rateFrom: 'measured' | 'kept' | 'given';
  /** On other devices of this machine that such runs were made on. */
  readonly elsewhere: readonly { readonly device: string; readonly seconds: Seconds }[];
  /** Largest resident set of this process, up to this run. */
  readonly peakMemoryBytes: Bytes;
  /** Of its records. */
  readonly diskBytes: Bytes;
}

export interface PlanDocument {
  readonly format: 'bench-plan/1';
  readonly runs: readonly PlannedRun[];
}

const HEAD = ['task', 'model', 'items', 'passes', 'tokens', 'FLOPs', 'device', 'time', 'memory', 'disk', 'tried'];

export function planTable({ runs }: PlanDocument): string {
  const rows = runs.flatMap((run) => [row(run), ...run.elsewhere.map((other) => rowElsewhere(run, other))]);
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
  const rates = runs.map(rateText).join(', ');
  const table = textTable(HEAD, rows, { right: [2, 3, 4, 5, 7, 8, 9, 10] });
  return `${table}\nAll: ${timeText(seconds)}, at ${rates}. Found from the items that were tried; memory is what they took, weights included.\n`;
}

function row(run: PlannedRun): string[] {
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  return [
    ...[run.task, run.model, whole(run.items), whole(run.passes), whole(run.tokens), run.flops.toPrecision(3)],
    ...[run.device, timeText(run.seconds), sizeText(run.peakMemoryBytes), sizeText(run.diskBytes), whole(run.tried)],
  ];
}

const rowElsewhere = ({ task, model }: PlannedRun, { device, seconds }: PlannedRun['elsewhere'][number]): string[] => [
  ...[task, model, '', '', '', '', device, timeText(seconds), '', '', ''],
];

const RATE_FROM = { measured: '', kept: ' as in a run before', given: ' as given' } as const;
const rateText = ({ flopsPerSecond, rateFrom }: PlannedRun): string =>
  `${(flopsPerSecond / 1e9).toPrecision(3)} GFLOP/s${RATE_FROM[rateFrom]}`;

function timeText(seconds: number): string {
  if (seconds < 100) return `${seconds.toPrecision(2)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

function sizeText(bytes: number): string {
  return bytes < 1e6
    ? `${Math.ceil(bytes / 1e3)} kB`
    : bytes < 1e9
      ? `${Math.round(bytes / 1e6)} MB`
      : `${(bytes / 1e9).toFixed(1)} GB`;
}
