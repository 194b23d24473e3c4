/** What a user sees of a training run: a bar (or a line now and then) with loss, tokens a second and the time left; then a summary. */
import type { Milliseconds } from '../../core/units.ts';
import type { Progress } from '../../evaluate/observer.ts';
import type { HeldOutLoss } from '../../training/held-out-loss.ts';
import { type LearningRateSchedule, learningRateAt } from '../../training/learning-rate.ts';
import type { Measured, TrainingObserver, TrainingOutcome, TrainingProgress } from '../../training/run-training.ts';
import type { TrainingOptions } from '../../training/start/options.ts';
import type { AccuracyLine, MetricsLine } from '../../training/training-folder.ts';
import type { CommandIo } from '../shell/io.ts';
import { cleared, durationText, startProgress } from '../shell/progress.ts';

export interface ShownObserver extends TrainingObserver {
  /** Removes the bar. */
  stop(): void;
  /** Time since the first step of this process. */
  elapsed(): Milliseconds;
}

/** Weight of the past in the loss that is shown. */
const SMOOTHING = 0.9;

export function trainingObserver({ verb, out, steps }: TrainingOptions, io: CommandIo): ShownObserver {
  let progress: Progress | null = null;
  let loss: number | null = null;
  let tokens = 0;
  let resumed = 0;
  const started = io.now();
  const pace = (done: number, elapsed: Milliseconds) => {
    if (loss === null || elapsed <= 0 || done === resumed) return 'starting';
    const left = (elapsed / (done - resumed)) * (steps - done);
    const rate = Math.round((1000 * tokens) / elapsed).toLocaleString('en');
    return `loss ${loss.toFixed(3)}, ${rate} tokens/s${left > 0 ? `, about ${durationText(left)} left` : ''}`;
  };
  const begin = (step: number): Progress => {
    resumed = step - 1;
    if (resumed > 0) io.stderr(`resumed after step ${resumed}\n`);
    return startProgress({ label: `${verb} ${out}`, total: steps, resumed, pace }, io);
  };
  return {
    signal: io.signal,
    onStep(step: TrainingProgress) {
      progress ??= begin(step.step);
      loss = loss === null ? step.loss : SMOOTHING * loss + (1 - SMOOTHING) * step.loss;
      tokens += step.tokens;
      progress.update(step.step);
    },
    onMeasured(step, { heldOut = [], accuracy = [] }: Measured) {
      if (heldOut.length > 0) io.stderr(`${cleared(io)}step ${step}: held out ${heldOut.map(lossText).join(', ')}\n`);
      if (accuracy.length > 0)
        io.stderr(`${cleared(io)}step ${step}: right ${accuracy.map(accuracyText).join(', ')}\n`);
    },
    stop: () => progress?.stop(),
    elapsed: () => io.now() - started,
  };
}

/** What is continued, and where its learning rate goes on from: under a cosine it rises, as the end is farther away. */
export function continuedText(
  folder: string,
  done: number,
  metrics: readonly MetricsLine[],
  schedule: LearningRateSchedule,
): string {
  const last = metrics.findLast(({ learningRate }) => learningRate !== undefined)?.learningRate;
  const rate = (value: number | undefined) => value?.toExponential(2) ?? 'unknown';
  const next = learningRateAt(done, schedule);
  const rates = `learning rate ${rate(last)} at step ${done}, ${rate(next)} at step ${done + 1}`;
  return `goes on with ${folder} to ${schedule.steps} steps; ${rates}\n`;
}

/** What a training verb prints at its end. */
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

const lossText = ({ source, natsPerToken, standardError }: HeldOutLoss): string =>
  `${source} ${natsPerToken.toFixed(3)} ± ${standardError.toFixed(3)}`;

const accuracyText = ({ source, steps, right, problems }: AccuracyLine): string =>
  `${source}${steps === null ? '' : ` T=${steps}`} ${right}/${problems}`;
