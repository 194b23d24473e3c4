/** What a training verb prints at its end. */
import type { Milliseconds } from '../../core/units.ts';
import type { TrainingOutcome } from '../../training/run-training.ts';
import type { TrainingOptions } from '../../training/start/options.ts';
import type { MetricsLine } from '../../training/training-folder.ts';
import { durationText } from '../shell/progress.ts';
import { accuracyText, lossText } from './training-progress.ts';

export function trainingSummary(
  { out, steps: planned, json }: TrainingOptions,
  { steps, finished }: TrainingOutcome,
  metrics: readonly MetricsLine[],
  elapsed: Milliseconds,
): string {
  const heldOut = metrics.findLast((line) => line.heldOut !== undefined)?.heldOut ?? [];
  const accuracy = metrics.findLast((line) => line.accuracy !== undefined)?.accuracy ?? [];
  if (json) {
    const loss = metrics.findLast((line) => line.loss !== undefined)?.loss ?? null;
    return `${JSON.stringify({ out, steps, planned, finished, loss, heldOut, accuracy }, null, 2)}\n`;
  }
  return [
    finished ? `${out}: ${steps} steps, ${durationText(elapsed)}` : `${out}: ${steps} of ${planned} steps, stopped`,
    ...heldOut.map((line) => `  held out: ${lossText(line)} nats per token`),
    ...accuracy.map((line) => `  right: ${accuracyText(line)}`),
    ...(finished ? [`Score it: bench run --models ${/^[./]|[/\\]/.test(out) ? out : `./${out}`}`] : []),
    '',
  ].join('\n');
}
