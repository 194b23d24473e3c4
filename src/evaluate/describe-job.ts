/** From a model, a task and what the user typed to the run's manifest and items. */
import type { RunManifest } from '../core/manifest.ts';
import type { ModelIdentity, ScoringSettings } from '../core/model.ts';
import type { Example, Question } from '../core/question.ts';
import type { TaskPlugin } from '../core/task.ts';
import type { LoadedTask } from '../datasets/load-task.ts';
import { describeRun, examplesOf } from '../runner/describe-run.ts';
import type { RunOptions } from './options.ts';
import { type OpenedModel, type Reading, type SettingOptions, settingsOf } from './run-settings.ts';

export interface Job {
  readonly task: TaskPlugin;
  readonly loaded: LoadedTask<unknown>;
}

export interface Opened extends OpenedModel {
  /** T that leaked from LAMBADA into later tasks; null where that is not emulated. */
  readonly leakedSteps: number | null;
}

/** What decides a number, of all that the user may type. */
export type JobOptions = SettingOptions & Pick<RunOptions, 'limit'>;

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
  const settings = { ...settingsOf(opened, reading, question, options), ...leakOf(model, question, opened) };
  const described = { task, source: { name: source, variant }, rows, limit: options.limit, model, settings };
  return { manifest: describeRun(described), examples };
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
