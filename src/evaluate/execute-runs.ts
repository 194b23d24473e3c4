/**
 * Models on tasks: opens what was asked for, scores it, and gives back what is stored. Used by everything that scores
 * whole tasks. Wires the parts; what decides a number is elsewhere.
 */

import { join } from 'node:path';
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import { isDenoising, type LanguageModel } from '../core/model.ts';
import type { ProgramJudge } from '../core/program.ts';
import type { ItemRecord } from '../core/record.ts';
import type { TaskPlugin } from '../core/task.ts';
import { loadRows } from '../datasets/load-task.ts';
import type { Engine } from '../engines/engine.ts';
import { engineOf } from '../engines/index.ts';
import { Pace } from '../lm/forward/pace.ts';
import { type OpenedLanguageModel, openLanguageModel } from '../lm/language-model.ts';
import type { RunFacts } from '../report/view/run-facts.ts';
import { toRunFacts } from '../report/view/to-run-facts.ts';
import { describeMachine, pluginOf, systemClock } from '../runner/environment.ts';
import { clusterNames, templateOf } from '../runner/plan.ts';
import { type Answers, executeRun, type RunOutcome } from '../runner/run.ts';
import { readRun } from '../store/read-run.ts';
import type { StoredRun } from '../store/stored-run.ts';
import { leakedSteps } from './leaked-steps.ts';
import { FAST, lintWarnings, type ModelLint, modelLint } from './lint-model.ts';
import { type ItemOptions, loadItems } from './load-items.ts';
import { loadShots, type ShotOptions } from './load-shots.ts';
import { type Observer, type Progress, SILENT } from './observer.ts';
import { chosenTasks, openedFrom, openJudge, openModels } from './open-parts.ts';
import type { RunOptions } from './options.ts';
import { keepSession, sizedRun, timeLeft } from './plan/time-left.ts';
import { inPrecision, openCheapEngine } from './precision/mixed-precision.ts';
import type { ModelFiles, RunToAnswer, TaskRows } from './run-parts.ts';
import {
  describeTaskRun,
  firstQuestion,
  type OpenedModel,
  type Reading,
  readingOf,
  requireRowFor,
  type SettingOptions,
  unitSize,
  unitsInFlight,
} from './run-settings.ts';
import { blocksAtCost, withSamplers } from './samplers/asked-samplers.ts';
import { requireDenoised, unusedOptions } from './unused-options.ts';

/** Everything that runs need, opened and checked: what can be refused is refused before the first forward pass. */
export interface PreparedRuns {
  readonly models: readonly OpenedModel[];
  readonly tasks: readonly TaskRows[];
  readonly engine: Engine;
  /** Computes in fewer bits where a run has two precisions. */
  readonly cheap?: Engine | null;
  /** null when no task runs programs, or others run them. */
  readonly judge: ProgramJudge | null;
  /** Who computes units; absent: this process. */
  readonly answersOf?: (run: RunToAnswer) => Answers;
  /** What is kept of each record that is read back; absent: all of it. */
  readonly keep?: (record: ItemRecord) => ItemRecord;
}

/** One model on one task under one reading. */
export interface ExecutedRun {
  readonly stored: StoredRun;
  readonly report: RunFacts;
}

/** @param rowsOf rows of a task, where they may be at hand */
export async function prepareRuns(
  options: RunOptions,
  observer: Observer = SILENT,
  rowsOf: (task: TaskPlugin) => Promise<TaskRows> = (task) => loadTaskRows(task, options),
): Promise<PreparedRuns> {
  const chosen = chosenTasks(options);
  // Its library is loaded while models and rows are read.
  const engine = engineOf(options.engine, options.threads, options.dtype, options.device);
  engine.catch(() => {});
  const models: OpenedModel[] = [];
  for (const files of await openModels(options, observer)) {
    models.push({ ...files, leakedSteps: options.emulateLeak ? await leakedSteps(files, options) : null });
  }
  const tasks: TaskRows[] = [];
  for (const task of chosen) tasks.push(await rowsOf(task));
  for (const asked of tasks) for (const opened of models) requireRowFor(firstQuestion(asked, options), opened);
  for (const note of [...unusedOptions(models, tasks, options), ...blocksAtCost(models, options)]) observer.noted(note);
  if (options.trace) requireDenoised('--trace', models, tasks, options);
  if (options.sampler !== null) requireDenoised('--sampler', models, tasks, options);
  const needsJudge = options.queue === null && chosen.some((task) => task.needsJudge === true);
  const judge = needsJudge ? await openJudge(options.unsafeNoSandbox, observer) : null;
  const opened = await engine;
  for (const note of opened.notes ?? []) observer.noted(note);
  // Of two engines that choose by themselves, each might compute elsewhere.
  const cheap = await openCheapEngine({ ...options, device: opened.device?.name ?? 'cpu' }, observer);
  return { models, tasks, engine: opened, cheap, judge };
}

/** A task's rows, and the examples in front of them. @throws HarnessError 'not-supported' where the task lacks the protocol */
export async function loadTaskRows(
  task: TaskPlugin,
  options: ShotOptions & ItemOptions & Pick<RunOptions, 'fixtures'>,
): Promise<TaskRows> {
  templateOf(task, options.protocol);
  const loaded = await loadRows(task, options);
  const chosen = await loadItems(task, loaded.rows, options);
  return { task, loaded, shots: await loadShots(task, loaded, options), chosen };
}

/**
 * Scores every model on every task, resuming what is stored, and reads the results back. An abort leaves out what has not
 * begun.
 *
 * @param readingsOf how a model is to read its input, once for each run; by default as the options and the model say
 */
export async function executeRuns(
  { models, tasks, engine, cheap = null, judge, answersOf, keep }: PreparedRuns,
  options: RunOptions,
  observer: Observer = SILENT,
  readingsOf: (checkpoint: Checkpoint) => readonly Reading[] = (checkpoint) => [readingOf(checkpoint, options)],
): Promise<readonly ExecutedRun[]> {
  const { signal } = observer;
  const executed: ExecutedRun[] = [];
  for (const [at, opened] of models.entries()) {
    if (signal.aborted) break;
    const { checkpoint } = opened;
    const opening = observer.preparing(`opening ${checkpoint.name}`);
    const model = await openForRuns(opened, { engine, cheap }, options, signal).finally(opening);
    const typed = options.models[at] as string;
    const loaded = { opened, model, lint: modelLint({ ...opened, model }, FAST), judge, answersOf, keep, typed };
    try {
      for (const asked of tasks) {
        const question = firstQuestion(asked, options);
        for (const reading of withSamplers(readingsOf(checkpoint), checkpoint, question, options)) {
          if (signal.aborted) break;
          const inputs = { asked, opened, model, reading, cheap, out: shareFolder(options) };
          const run = await inPrecision(inputs, options, observer, (mixed) =>
            runOne(asked, loaded, reading, { ...options, mixed }, observer),
          );
          executed.push(run);
        }
      }
    } finally {
      await model.dispose();
    }
  }
  return executed;
}

/** A model with the batches that were asked for; its weights are loaded with the first question. */
export function openForRuns(
  { checkpoint, tokenizer }: ModelFiles,
  { engine, cheap = null }: Pick<PreparedRuns, 'engine' | 'cheap'>,
  { batchTokens }: Pick<RunOptions, 'batchTokens'>,
  signal: AbortSignal,
): Promise<OpenedLanguageModel> {
  const sizes =
    batchTokens === null
      ? { pace: new Pace(checkpoint.parameters, systemClock.seconds) }
      : { limits: { tokens: batchTokens } };
  const cheaper = cheap === null ? {} : { cheapEngine: cheap };
  return openLanguageModel({ checkpoint, tokenizer, engine, ...cheaper, ...sizes, signal });
}

/** The rows are here, for clusters that records of an earlier version do not name. */
async function readBack(
  { task, loaded }: TaskRows,
  { clusters: choice }: Pick<RunOptions, 'clusters'>,
  { folder, warnings }: RunOutcome,
  keep: PreparedRuns['keep'],
): Promise<ExecutedRun> {
  const rows = async () => (task.cluster === undefined ? null : clusterNames(task, loaded.rows));
  const stored = await readRun(folder, keep, () => ({ choice, rows, standAlone: task.cluster === undefined }));
  const report = toRunFacts(stored, task);
  const lasting = stored.warnings.filter(({ code }) => code === 'lint');
  const sentences = [...new Set([...lasting, ...warnings].map(({ message }) => message))];
  return { stored, report: { ...report, warnings: sentences } };
}

interface LoadedModel extends Pick<PreparedRuns, 'judge'> {
  readonly answersOf: PreparedRuns['answersOf'] | undefined;
  readonly keep: PreparedRuns['keep'] | undefined;
  readonly typed: string;
  readonly opened: OpenedModel;
  readonly model: LanguageModel;
  readonly lint: ModelLint;
}

async function runOne(
  asked: TaskRows,
  { opened, model, lint, judge, answersOf, keep, typed }: LoadedModel,
  reading: Reading,
  options: RunOptions & Pick<SettingOptions, 'mixed'>,
  observer: Observer,
): Promise<ExecutedRun> {
  const { task } = asked;
  const { manifest, examples } = describeTaskRun(asked, opened, model.identity, reading, options);
  const sandbox = task.needsJudge === true ? judge?.sandbox : undefined;
  const machine = describeMachine({ [options.engine]: model.identity.engine }, sandbox);
  const label = `${task.name}, ${model.identity.name}`;
  const size = unitSize(model.identity, manifest.settings, task);
  const plugin = pluginOf(task.name);
  const answers = answersOf?.({ model: typed, task: task.name, options, unitSize: size });
  // The model is looked at before its first question; something is shown all the while.
  const before = observer.preparing(`${label}: checking the model`);
  const sized = sizedRun(manifest, examples);
  const left = await timeLeft(sized, options.threads);
  let progress: Progress | null = null;
  let outcome: RunOutcome;
  try {
    outcome = await executeRun(
      {
        out: shareFolder(options),
        ...{ manifest, task, examples, model, machine },
        openedFrom: openedFrom(typed, options),
        ...(plugin === undefined ? {} : { plugin }),
        ...(judge === null ? {} : { judge }),
      },
      {
        unitSize: size,
        concurrency: unitsInFlight(size, manifest.settings),
        ...(answers === undefined ? {} : { answers }),
        order: options.order,
        share: options.shard,
        trace: options.trace && isDenoising(manifest.settings.estimator),
        signal: observer.signal,
        check: async () => lintWarnings(await lint.checks(examples, manifest.settings), model.identity.name),
        onProgress: ({ done, total, resumed }) => {
          if (progress === null) before();
          progress ??= observer.started({ label, total, resumed, left: left(resumed) });
          progress.update(done);
        },
      },
    );
  } finally {
    before();
    (progress as Progress | null)?.stop();
  }
  return keepSession(sized, options.threads, await readBack(asked, options, outcome, keep), outcome);
}

/** Shares do not meet in one folder: each may lie on a disk of its own. */
function shareFolder({ out, shard }: Pick<RunOptions, 'out' | 'shard'>): string {
  return shard === null ? out : join(out, `shard-${shard.number}-of-${shard.of}`);
}
