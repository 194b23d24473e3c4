/** From a model, a task and what the user typed to the run's manifest and items. */
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import { requireSftRow } from '../checkpoints/sft-row.ts';
import type { RunManifest } from '../core/manifest.ts';
import { ESTIMATOR, type ModelIdentity, type ScoringSettings } from '../core/model.ts';
import type { Example, Question } from '../core/question.ts';
import type { TaskPlugin } from '../core/task.ts';
import type { LoadedTask } from '../datasets/load-task.ts';
import { describeRun, examplesOf } from '../runner/describe-run.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { RunOptions } from './run-options.ts';

export interface Job {
  readonly task: TaskPlugin;
  readonly loaded: LoadedTask<unknown>;
}

export interface Opened {
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
  /** T that leaked from LAMBADA into later tasks; null where that is not emulated. */
  readonly leakedSteps: number | null;
}

/** How a diffusion model reads its input. */
export type Reading = Pick<ScoringSettings, 'openFraction' | 'shift'>;

/** What decides a number, of all that the user may type. */
export type JobOptions = Pick<RunOptions, 'protocol' | 'limit' | 'seed' | 'steps' | 'passes' | 'draws'>;

/** The run that scores a model on a task: its identity, and its items in data-set order. */
export function describeJob(
  { task, loaded }: Job,
  opened: Opened,
  model: ModelIdentity,
  reading: Reading,
  options: JobOptions,
): { readonly manifest: RunManifest; readonly examples: readonly Example[] } {
  const { rows, source, variant } = loaded;
  const examples = examplesOf(task, options.protocol, rows, options.limit);
  const question = examples[0]?.question;
  const settings = {
    ...settingsOf(model, reading, question, options),
    ...leakOf(model, question, opened),
    ...sftOf(question, opened),
  };
  const described = { task, source: { name: source, variant }, rows, limit: options.limit, model, settings };
  return { manifest: describeRun(described), examples };
}

/** Settings that cannot change a model's numbers take one fixed value, so that they do not make another run. */
export function settingsOf(
  { family }: ModelIdentity,
  { openFraction, shift }: Reading,
  question: Question | undefined,
  { protocol, seed, steps, passes, draws }: JobOptions,
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
export function sftOf(
  question: Question | undefined,
  { checkpoint, tokenizer }: Pick<Opened, 'checkpoint' | 'tokenizer'>,
): Pick<ScoringSettings, 'sft'> {
  const views = question?.views[checkpoint.options.family] ?? [];
  return views.some(({ layout }) => layout !== undefined) ? { sft: requireSftRow(checkpoint, tokenizer.eosId) } : {};
}

/** The published script scored LAMBADA first, and every choice after it with the steps of its last word. */
function leakOf(
  { family }: ModelIdentity,
  question: Question | undefined,
  { leakedSteps }: Opened,
): Pick<ScoringSettings, 'steps' | 'leakedSteps'> | Record<string, never> {
  if (leakedSteps === null || family !== 'diffusion' || question?.kind !== 'choose') return {};
  return { steps: [leakedSteps], leakedSteps };
}
