/**
 * The training loop: batches in, steps taken, metrics and checkpoints out. What a step computes follows from the state and
 * the step's number alone, so a run that was killed and resumed ends with the same weights as one that was not.
 */
import { HarnessError } from '../core/errors.ts';
import type { Tokens } from '../core/units.ts';
import { divergenceMonitor } from './divergence.ts';
import { type LearningRateSchedule, learningRateAt } from './learning-rate.ts';
import type { Trainable, TrainingBatch, TrainingState } from './trainable.ts';
import type { MetricsLine, TrainingFolder } from './training-folder.ts';

export interface TrainingPlan {
  /** Names the configuration: a stored state of another one is refused. */
  readonly identity: string;
  readonly schedule: LearningRateSchedule;
  /** Steps between checkpoints; 0 = only after the last. */
  readonly checkpointEvery: number;
  /** See `divergence.ts`. */
  readonly divergenceFactor: number;
  /** Micro-batches of a step. */
  batches(step: number): readonly TrainingBatch[];
  /** What is measured after `step` steps; null where nothing is due. */
  measure(step: number): Promise<Measured | null>;
}

export type Measured = Pick<MetricsLine, 'heldOut' | 'accuracy'>;

export interface TrainingProgress {
  /** Finished steps. */
  readonly step: number;
  readonly loss: number;
  /** Tokens read in this step. */
  readonly tokens: Tokens;
}

export interface TrainingObserver {
  onStep(progress: TrainingProgress): void;
  onMeasured(step: number, measured: Measured): void;
  readonly signal: AbortSignal;
}

export interface TrainingOutcome {
  /** Finished steps; fewer than planned when the run was stopped. */
  readonly steps: number;
  readonly finished: boolean;
}

/**
 * Trains from the state that the folder holds, else from `initial`, to the end of the schedule.
 *
 * @throws HarnessError 'non-finite' when the loss is not finite or the run diverges: it names the step and the last good
 *   checkpoint, to which the trainable is set back
 */
export async function runTraining(
  plan: TrainingPlan,
  trainable: Trainable,
  initial: () => Promise<TrainingState>,
  folder: TrainingFolder,
  observer: TrainingObserver,
): Promise<TrainingOutcome> {
  const { schedule, identity } = plan;
  const stored = await folder.load(identity);
  const start = stored ?? (await initial());
  await trainable.restore(start);
  if (stored === null) await folder.save(start, identity);
  const monitor = divergenceMonitor(plan.divergenceFactor);
  for (const { loss } of await folder.resumeMetrics(start.steps)) if (loss !== undefined) monitor.observe(loss);
  let saved = start.steps;
  const save = async (step: number) => {
    if (saved === step) return;
    await folder.save(await trainable.state(), identity);
    saved = step;
  };
  try {
    for (let step = start.steps; step < schedule.steps; step++) {
      if (observer.signal.aborted) {
        await save(step);
        return { steps: step, finished: false };
      }
      const batches = plan.batches(step);
      const learningRate = learningRateAt(step, schedule);
      const { loss, gradientNorm } = await trainable.step(batches, learningRate);
      const done = step + 1;
      const wrong =
        monitor.observe(loss) ?? (Number.isFinite(gradientNorm) ? null : `the gradient norm is ${gradientNorm}`);
      if (wrong !== null) throw await diverged(done, wrong, folder, identity, trainable);
      await folder.append({ step: done, loss, gradientNorm, learningRate });
      observer.onStep({ step: done, loss, tokens: batches.reduce((sum, { ids }) => sum + ids.length, 0) });
      const isLast = done === schedule.steps;
      const measured = await plan.measure(done);
      if (measured !== null) {
        await folder.append({ step: done, ...measured });
        observer.onMeasured(done, measured);
      }
      if (isLast || isDue(done, plan.checkpointEvery)) await save(done);
    }
    return { steps: schedule.steps, finished: true };
  } finally {
    await folder.close();
  }
}

/** Every so many steps; never for 0. */
export const isDue = (step: number, every: number): boolean => every > 0 && step % every === 0;

async function diverged(
  step: number,
  wrong: string,
  folder: TrainingFolder,
  identity: string,
  trainable: Trainable,
): Promise<HarnessError> {
  const last = await folder.load(identity);
  if (last !== null) await trainable.restore(last);
  const message = `step ${step}: ${wrong}; the last good checkpoint is step ${last?.steps ?? 0} in ${folder.path}`;
  const hint =
    'train into another --out with a lower --lr or a longer --warmup; a run of the same configuration stops again';
  return new HarnessError('non-finite', message, { hint });
}
