/**
 * Models on tasks: opens what was asked for, scores it, and gives back what is stored. Used by every verb that scores
 * whole tasks. Wires the parts; everything that decides a number is elsewhere.
 */
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import { requireSftRow } from '../checkpoints/sft-row.ts';
import { HarnessError } from '../core/errors.ts';
import { ESTIMATOR, type LanguageModel, type ModelIdentity, type ScoringSettings } from '../core/model.ts';
import type { ProgramJudge } from '../core/program.ts';
import type { Question } from '../core/question.ts';
import type { TaskPlugin } from '../core/task.ts';
import { type LoadedTask, loadTask } from '../datasets/load-task.ts';
import { openLanguageModel } from '../lm/language-model.ts';
import type { RunReport } from '../report/run-report.ts';
import { toRunReport } from '../report/stored-report.ts';
import { describeRun, examplesOf } from '../runner/describe-run.ts';
import { describeMachine } from '../runner/environment.ts';
import { executeRun, type RunOutcome } from '../runner/run.ts';
import { readRun, type StoredRun } from '../store/read-run.ts';
import type { Engine } from '../tensor/ops.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { chosenTasks } from './chosen-tasks.ts';
import type { CommandIo } from './io.ts';
import { openJudge } from './open-judge.ts';
import { engineOf, openCheckpointOf, requireTokenizer } from './open-parts.ts';
import { startProgress } from './progress.ts';
import type { RunOptions } from './run-options.ts';

interface Job {
  readonly task: TaskPlugin;
  readonly loaded: LoadedTask<unknown>;
}

interface Opened {
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
}

/** Everything that runs need, opened and checked: what can be refused is refused before the first forward pass. */
export interface PreparedRuns {
  readonly checkpoints: readonly Opened[];
  readonly jobs: readonly Job[];
  readonly engine: Engine;
  /** null when no task runs programs. */
  readonly judge: ProgramJudge | null;
}

/** How a diffusion model reads its input. */
export type Reading = Pick<ScoringSettings, 'openFraction' | 'shift'>;

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
    checkpoints.push({ checkpoint, tokenizer: await requireTokenizer(checkpoint, options) });
  }
  const jobs: Job[] = [];
  for (const task of tasks) jobs.push({ task, loaded: await loadRows(task, options) });
  for (const { task, loaded } of jobs) {
    const [first] = examplesOf(task, options.protocol, loaded.rows, 1);
    for (const opened of checkpoints) sftOf(first?.question, opened);
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
    try {
      for (const job of jobs) {
        for (const reading of readingsOf(parts.checkpoint)) {
          if (io.signal.aborted) break;
          const outcome = await runOne({ ...job, judge }, parts, model, reading, options, io);
          const stored = await readRun(outcome.folder);
          const report = toRunReport(stored, job.task.chance, job.task.floors);
          const warnings = outcome.warnings.map(({ message }) => message);
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
  model: LanguageModel,
  reading: Reading,
  options: RunOptions,
  io: CommandIo,
): Promise<RunOutcome> {
  const { rows, source, variant } = loaded;
  const examples = examplesOf(task, options.protocol, rows, options.limit);
  const question = examples[0]?.question;
  const settings = { ...settingsOf(model.identity, reading, question, options), ...sftOf(question, opened) };
  const description = {
    task,
    source: { name: source, variant },
    rows,
    limit: options.limit,
    model: model.identity,
    settings,
  };
  const manifest = describeRun(description);
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
        unitSize: Math.min(unitSize(model.identity, settings), task.needsJudge === true ? MOST_JUDGED : Infinity),
        order: options.order,
        trace: options.trace && settings.estimator === ESTIMATOR.denoiser,
        signal: io.signal,
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

/** Settings that cannot change a model's numbers take one fixed value, so that they do not make another run. */
function settingsOf(
  { family }: ModelIdentity,
  { openFraction, shift }: Reading,
  question: Question | undefined,
  { protocol, seed, steps, passes, draws }: RunOptions,
): ScoringSettings {
  const common = { protocol, seed, steps, passes: 0, draws: 1, openFraction, shift };
  const causal = { ...common, seed: 0, steps: [], passes: 1, openFraction: 0, shift: true };
  if (question?.kind === 'write') {
    if (family === 'autoregressive') return { ...causal, estimator: ESTIMATOR.decoder };
    const isDrawn = question.writing.temperature !== 'argmax';
    return { ...common, estimator: ESTIMATOR.denoiser, draws: isDrawn ? draws : 1 };
  }
  if (family === 'autoregressive') return { ...causal, estimator: ESTIMATOR.causal };
  if (protocol === 'paper') return { ...common, estimator: ESTIMATOR.official };
  return { ...common, estimator: ESTIMATOR.bound, passes };
}

/** The row of a model that is asked as it was fine-tuned. @throws HarnessError 'bad-arguments' where nothing says what it is */
function sftOf(question: Question | undefined, { checkpoint, tokenizer }: Opened): Pick<ScoringSettings, 'sft'> {
  const views = question?.views[checkpoint.options.family] ?? [];
  return views.some(({ layout }) => layout !== undefined) ? { sft: requireSftRow(checkpoint, tokenizer.eosId) } : {};
}

/** Programs take longer to run than to write with a small model: results are stored, and the bar moves, after this many items. */
const MOST_JUDGED = 8;

/** Floating-point operations after which results are stored: a few seconds of work, however large the model. */
const UNIT_FLOPS = 4e11;
/** A typical question has this many tokens, over all its alternatives. */
const QUESTION_TOKENS = 200;

/** Passes and steps both count: `paper` runs T passes, and a large T takes time to weigh under any protocol. */
function unitSize({ family, parameters }: ModelIdentity, { passes, steps }: ScoringSettings): number {
  const forwards = family === 'autoregressive' ? 1 : Math.max(passes, ...steps);
  return Math.max(1, Math.min(64, Math.floor(UNIT_FLOPS / (2 * parameters * QUESTION_TOKENS * forwards))));
}

/**
 * All rows: the manifest's digest is over the whole source, so that `--limit` prefixes share it. Who has pointed at a data
 * folder gets an error when the data is not there; who never has gets the built-in rows, and the table says so.
 */
function loadRows(task: TaskPlugin, { dataDir, fixtures }: RunOptions): Promise<LoadedTask<unknown>> {
  const hasDataFolder = dataDir !== null || (process.env.BENCH_DATA_DIR ?? '') !== '';
  return loadTask(task, {
    dataDir,
    allowFixtures: fixtures || !hasDataFolder,
    onlyFixtures: fixtures,
  });
}
