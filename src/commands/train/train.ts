/** `bench train`, `bench adapt`, `bench finetune`: opens what was asked for, trains, and writes the model. */

import { basename, join } from 'node:path';
import { PROBLEM_GENERATORS } from '../../../tasks/problems/index.ts';
import type { BenchJson } from '../../checkpoints/answering.ts';
import { openCheckpoint } from '../../checkpoints/open.ts';
import { HarnessError } from '../../core/errors.ts';
import type { Engine } from '../../engines/engine.ts';
import { engineOf } from '../../engines/index.ts';
import { makeFolder, replaceFile } from '../../files/draft.ts';
import { acquireLock } from '../../files/folder-lock.ts';
import { usableCores } from '../../files/processors.ts';
import { MOST_THREADS } from '../../options/shared.ts';
import { drawBatch } from '../../training/data/draw-batch.ts';
import { exportModel } from '../../training/export-model.ts';
import { heldOutLosses } from '../../training/held-out-loss.ts';
import { untrained } from '../../training/initial-parameters.ts';
import { lossCurve } from '../../training/loss-curve.ts';
import { modelCard } from '../../training/model-card.ts';
import { openTrainable } from '../../training/open-trainable.ts';
import type { Recipe } from '../../training/recipe.ts';
import {
  isDue,
  type Measured,
  runTraining,
  type TrainingOutcome,
  type TrainingPlan,
} from '../../training/run-training.ts';
import { type ContinuedRun, continuedRun } from '../../training/start/continued-run.ts';
import type { TrainingOptions } from '../../training/start/options.ts';
import { quizAccuracy } from '../../training/start/quiz.ts';
import { refuseUnused } from '../../training/start/refuse-unused.ts';
import {
  claimFolder,
  configOf,
  type RunRecord,
  requireOwnFolder,
  requireSameDigests,
  threadsOf,
} from '../../training/start/run-record.ts';
import { lengthOf, optimizerOf, recipeOf } from '../../training/start/settings.ts';
import { type OpenSources, openSources } from '../../training/start/sources.ts';
import { type StartingModel, startingModel } from '../../training/start/starting-model.ts';
import { writeTokenizer } from '../../training/start/tokenizer.ts';
import type { Trainable } from '../../training/trainable.ts';
import { adapterParameters, allParameters, type TrainedPart } from '../../training/trained-part.ts';
import { TRAINING_FILES, TrainingFolder } from '../../training/training-folder.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';
import { continuedText, trainingObserver, trainingSummary } from './training-progress.ts';

/** Everything that a run is made of. */
interface TrainingJob {
  readonly options: TrainingOptions;
  readonly model: StartingModel;
  readonly continued: ContinuedRun | null;
  readonly sources: OpenSources;
  readonly record: RunRecord;
  readonly identity: string;
  readonly recipe: Recipe;
  /** Tokens a row. */
  readonly length: number;
  readonly engine: Engine;
  readonly trainable: Trainable;
  readonly part: TrainedPart;
  readonly folder: TrainingFolder;
}

/**
 * @returns 0, or 130 when the run was stopped; what is done is kept either way
 * @throws HarnessError 'bad-arguments' where the folder holds what is no run of training; 'non-finite' on a loss that is not finite or diverges; the folder then holds the last good model
 */
export async function run(told: TrainingOptions, io: CommandIo): Promise<number> {
  await requireOwnFolder(told.out);
  const cores = Math.min(MOST_THREADS, usableCores());
  const options = { ...told, threads: await threadsOf(join(told.out, 'training'), told, cores) };
  const continued = await continuedRun(options);
  const words = PROBLEM_GENERATORS.flatMap((generator) => generator.words);
  const model = await startingModel(options, words);
  refuseUnused(options, model);
  const length = lengthOf(options, model);
  const sources = await openSources(options, model, length, PROBLEM_GENERATORS);
  try {
    const engine = await engineOf(options.engine, options.threads, 'float32', 'cpu', false);
    return await trainInFolder({ options, model, continued, sources, length, engine }, io);
  } finally {
    sources.close();
  }
}

/** What was asked for, once all of it is there: from here on files are written. */
type Inputs = Pick<TrainingJob, 'options' | 'model' | 'continued' | 'sources' | 'length' | 'engine'>;

async function trainInFolder(inputs: Inputs, io: CommandIo): Promise<number> {
  const { options, model, engine } = inputs;
  const record = recordOf(inputs);
  const path = join(options.out, 'training');
  await makeFolder(path);
  const lock = await acquireLock(path);
  try {
    const identity = await claimFolder(path, record);
    await writeTokenizer(options.out, model.tokenizerFiles);
    const part = await trainedPart(options, model);
    const { initial, frozen, adapterScale } = part;
    const optimizer = optimizerOf(options);
    const trainable = await openTrainable(model.architecture, engine, { optimizer, initial, frozen, adapterScale });
    try {
      const recipe = recipeOf(options, model);
      return await execute(
        { ...inputs, record, identity, recipe, trainable, part, folder: new TrainingFolder(path) },
        io,
      );
    } finally {
      await trainable.dispose();
    }
  } finally {
    await lock.release();
  }
}

/** @throws HarnessError 'bad-arguments' where what was trained on is no more what the run that is continued was trained on */
function recordOf({ options, model, continued, sources }: Inputs): RunRecord {
  const digests = { data: sources.data.digest, tokenizer: model.tokenizer.digest, init: model.digest };
  const record = { verb: options.verb, config: configOf(options), digests };
  if (continued === null) return record;
  requireSameDigests(continued.folder, continued.digests, digests, 'bring back what it was trained on');
  return { ...record, continues: continued.continues };
}

async function execute(job: TrainingJob, io: CommandIo): Promise<number> {
  const { options, continued, trainable, part, folder } = job;
  const plan = planOf(job);
  if (continued !== null) {
    await folder.beginMetrics(continued.metrics);
    io.stderr(continuedText(continued.folder, continued.state.steps, continued.metrics, plan.schedule));
  }
  const observer = trainingObserver(options, io);
  const initial = async () => continued?.state ?? untrained(part.initial);
  let outcome: TrainingOutcome;
  try {
    outcome = await runTraining(plan, trainable, initial, folder, observer);
  } catch (error) {
    observer.stop();
    if (error instanceof HarnessError && error.code === 'non-finite') await writeModel(job);
    throw error;
  }
  observer.stop();
  await writeModel(job);
  io.stdout(trainingSummary(options, outcome, await folder.readMetrics(), observer.elapsed()));
  return outcome.finished ? EXIT.ok : EXIT.stopped;
}

async function trainedPart({ loraRank, seed }: TrainingOptions, model: StartingModel): Promise<TrainedPart> {
  const weights = await model.parameters();
  if (loraRank === 0) return allParameters(weights);
  return adapterParameters(model.architecture, weights, model.files, loraRank, seed);
}

function planOf(job: TrainingJob): TrainingPlan {
  const { options, sources, recipe, identity } = job;
  const { seed, batch, accumulate, steps, evalEvery, evalRows, evalDraws, accuracyEvery, accuracyRows } = options;
  const heldOut = sources.data.heldOut(evalRows);
  return {
    identity,
    schedule: { kind: options.schedule, peak: options.lr, warmup: options.warmup, floor: options.lrFloor, steps },
    checkpointEvery: options.checkpointEvery,
    divergenceFactor: options.divergence,
    batches: (step) =>
      Array.from({ length: accumulate }, (_, micro) => {
        const rows = sources.data.microBatch(seed, step * accumulate + micro, batch);
        return drawBatch(rows, recipe, { seed, step, micro, micros: accumulate });
      }),
    async measure(step): Promise<Measured | null> {
      const isLast = step === steps;
      const wantsLoss = isLast || isDue(step, evalEvery);
      const wantsAccuracy = accuracyRows > 0 && sources.quizzes.length > 0 && (isLast || isDue(step, accuracyEvery));
      if (!wantsLoss && !wantsAccuracy) return null;
      const loss = wantsLoss && {
        heldOut: await heldOutLosses(job.trainable, heldOut, recipe, { draws: evalDraws, batch }),
      };
      return { ...loss, ...(wantsAccuracy && { accuracy: await accuracyOf(job) }) };
    },
  };
}

/** Of the model as it will be stored. */
async function accuracyOf(job: TrainingJob): Promise<NonNullable<Measured['accuracy']>> {
  const { options, model, sources, engine } = job;
  await writeWeights(job);
  const checkpoint = await openCheckpoint(options.out);
  const settings = { problems: options.accuracyRows, steps: options.accuracySteps };
  return quizAccuracy(sources.quizzes, { checkpoint, tokenizer: model.tokenizer, sft: model.sft, engine }, settings);
}

async function writeWeights({
  options,
  model,
  trainable,
  part,
}: TrainingJob): Promise<{ steps: number; parameters: number }> {
  const { steps, parameters: trained } = await trainable.state();
  const parameters = part.whole(trained);
  const { architecture } = model;
  const dtype = options.dtype === 'fp16' ? 'F16' : 'F32';
  await exportModel(options.out, { architecture, parameters, bench: benchJson(options, model), dtype });
  return { steps, parameters: [...parameters.values()].reduce((sum, { data }) => sum + data.length, 0) };
}

/** Weights, card and curve. */
async function writeModel(job: TrainingJob): Promise<void> {
  const { options, folder, record } = job;
  const { steps, parameters } = await writeWeights(job);
  const metrics = (await folder.readMetrics()).filter(({ step }) => step <= steps);
  const name = basename(options.out);
  await replaceFile(join(options.out, 'loss.png'), lossCurve(`${name}: loss`, metrics, job.recipe));
  await replaceFile(
    join(options.out, 'README.md'),
    modelCard({
      name,
      about: [ABOUT[options.verb](options), ...furtherSteps(job)].join(' '),
      command: `bench ${options.verb} --config training/config.json --out DIR`,
      parameters,
      steps: { done: steps, planned: options.steps },
      configuration: record.config,
      digests: record.digests,
      metrics,
    }),
  );
}

const ABOUT: Readonly<Record<TrainingOptions['verb'], (options: TrainingOptions) => string>> = {
  train: () => 'A small language model trained from scratch.',
  adapt: ({ init }) => `A masked-diffusion language model adapted from ${init}.`,
  finetune: ({ init }) => `${init}, fine-tuned on prompts with answers.`,
};

const furtherSteps = ({ options, continued }: TrainingJob): readonly string[] =>
  continued === null ? [] : [`It goes on with \`${options.continue}\` after ${continued.continues.steps} steps.`];

function benchJson(options: TrainingOptions, { family, maskId, shift, sft }: StartingModel): BenchJson {
  const madeBy = `bench ${options.verb}; see README.md and training/${TRAINING_FILES.run}`;
  const hasRows = options.data.some((source) => source.kind !== 'text' && source.layout === 'rows');
  const row = hasRows ? { sft } : {};
  return family === 'diffusion' ? { family, maskId, shift, ...row, madeBy } : { family, ...row, madeBy };
}
