/**
 * Models on tasks: opens what was asked for, scores it, and gives back what is stored. Used by every verb that scores
 * whole tasks. Wires the parts; everything that decides a number is elsewhere.
 */
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import type { CommandIo } from '../commands/shell/io.ts';
import { startProgress } from '../commands/shell/progress.ts';
import { HarnessError } from '../core/errors.ts';
import { ESTIMATOR, type LanguageModel } from '../core/model.ts';
import type { ProgramJudge } from '../core/program.ts';
import { openLanguageModel } from '../lm/language-model.ts';
import { toRunReport } from '../report/view/facts-of-run.ts';
import type { RunReport } from '../report/view/run-facts.ts';
import { examplesOf } from '../runner/describe-run.ts';
import { describeMachine } from '../runner/environment.ts';
import { executeRun, type RunOutcome } from '../runner/run.ts';
import { readRun, type StoredRun } from '../store/read-run.ts';
import type { Engine } from '../tensor/ops.ts';
import { chosenTasks } from './chosen-tasks.ts';
import { describeJob, type Job, type Opened } from './describe-job.ts';
import { leakedSteps } from './leaked-steps.ts';
import { FAST, lintWarnings, ModelLint } from './lint-model.ts';
import { loadRows } from './load-rows.ts';
import { openJudge } from './open-judge.ts';
import { engineOf, openCheckpointOf, requireTokenizer } from './open-parts.ts';
import type { RunOptions } from './options.ts';
import { type Reading, requireRowFor, unitSize } from './run-settings.ts';

/** Everything that runs need, opened and checked: what can be refused is refused before the first forward pass. */
export interface PreparedRuns {
  readonly checkpoints: readonly Opened[];
  readonly jobs: readonly Job[];
  readonly engine: Engine;
  /** null when no task runs programs. */
  readonly judge: ProgramJudge | null;
}

/** One model on one task under one reading. */
export interface ExecutedRun {
  readonly stored: StoredRun;
  readonly report: RunReport;
}

export async function prepareRuns(options: RunOptions, io: CommandIo): Promise<PreparedRuns> {
  const tasks = chosenTasks(options);
  const checkpoints: PreparedRuns['checkpoints'][number][] = [];
  for (const model of options.models) {
    const checkpoint = await openCheckpointOf(model, options);
    const tokenizer = await requireTokenizer(checkpoint, options);
    const leak = options.emulateLeak ? await leakedSteps({ checkpoint, tokenizer }, options) : null;
    checkpoints.push({ checkpoint, tokenizer, leakedSteps: leak });
  }
  const jobs: Job[] = [];
  for (const task of tasks) jobs.push({ task, loaded: await loadRows(task, options) });
  for (const { task, loaded } of jobs) {
    const [first] = examplesOf(task, options.protocol, loaded.rows, 1);
    for (const opened of checkpoints) requireRowFor(first?.question, opened);
  }
  if (options.trace) requireTraceable(checkpoints, jobs, options);
  const needsJudge = tasks.some((task) => task.needsJudge === true);
  const judge = needsJudge ? await openJudge(options.unsafeNoSandbox, io) : null;
  return { checkpoints, jobs, engine: await engineOf(options.engine, options.threads), judge };
}

/**
 * Scores every model on every task, resuming what is stored, and reads the results back. A Ctrl-C leaves out what has not
 * begun.
 *
 * @param readingsOf how a model is to read its input, once for each run; by default as the options and the model say
 */
export async function executeRuns(
  { checkpoints, jobs, engine, judge }: PreparedRuns,
  options: RunOptions,
  io: CommandIo,
  readingsOf: (checkpoint: Checkpoint) => readonly Reading[] = ({ options: { shift } }) => [
    { openFraction: options.attention, shift },
  ],
): Promise<readonly ExecutedRun[]> {
  const executed: ExecutedRun[] = [];
  const limits = options.batchTokens === null ? {} : { limits: { tokens: options.batchTokens } };
  for (const parts of checkpoints) {
    if (io.signal.aborted) break;
    const model = await openLanguageModel({ ...parts, engine, ...limits, signal: io.signal });
    const lint = new ModelLint({ ...parts, model }, FAST);
    try {
      for (const job of jobs) {
        for (const reading of readingsOf(parts.checkpoint)) {
          if (io.signal.aborted) break;
          const outcome = await runOne({ ...job, judge }, parts, { model, lint }, reading, options, io);
          const stored = await readRun(outcome.folder);
          const report = toRunReport(stored, job.task.chance, job.task.floors);
          const lasting = stored.warnings.filter(({ code }) => code === 'lint');
          const warnings = [...new Set([...lasting, ...outcome.warnings].map(({ message }) => message))];
          executed.push({ stored, report: { ...report, warnings } });
        }
      }
    } finally {
      await model.dispose();
    }
  }
  return executed;
}

/** Steps are kept of texts that a diffusion model writes. */
function requireTraceable(
  checkpoints: PreparedRuns['checkpoints'],
  jobs: readonly Job[],
  { protocol }: RunOptions,
): void {
  const denoises = checkpoints.some(({ checkpoint }) => checkpoint.options.family === 'diffusion');
  const writes = jobs.some(
    ({ task, loaded }) => examplesOf(task, protocol, loaded.rows, 1)[0]?.question.kind === 'write',
  );
  if (denoises && writes) return;
  const found = denoises ? 'only tasks whose answers are not written' : 'only autoregressive models';
  throw new HarnessError('bad-arguments', `--trace: expected a diffusion model and a writing task, found ${found}`, {
    hint: denoises ? 'name one with --tasks; `bench list tasks` has them' : 'leave --trace out',
  });
}

async function runOne(
  { task, loaded, judge }: Job & Pick<PreparedRuns, 'judge'>,
  opened: Opened,
  { model, lint }: { readonly model: LanguageModel; readonly lint: ModelLint },
  reading: Reading,
  options: RunOptions,
  io: CommandIo,
): Promise<RunOutcome> {
  const { manifest, examples } = describeJob({ task, loaded }, opened, model.identity, reading, options);
  const { settings } = manifest;
  let progress: ReturnType<typeof startProgress> | null = null;
  try {
    return await executeRun(
      {
        out: options.out,
        manifest,
        task,
        examples,
        model,
        ...(judge === null ? {} : { judge }),
        machine: describeMachine({ [options.engine]: model.identity.engine }),
      },
      {
        unitSize: unitSize(model.identity, settings, task),
        order: options.order,
        trace: options.trace && settings.estimator === ESTIMATOR.denoiser,
        signal: io.signal,
        check: async () => lintWarnings(await lint.checks(examples, settings), model.identity.name),
        onProgress: ({ done, total, resumed }) => {
          progress ??= startProgress({ label: `${task.name}, ${model.identity.name}`, total, resumed }, io);
          progress.update(done);
        },
      },
    );
  } finally {
    (progress as ReturnType<typeof startProgress> | null)?.stop();
  }
}
