/** Which settings that were given cannot change a number, in a sentence. */
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import { badArguments } from '../core/errors.ts';
import type { ScoringSettings } from '../core/model.ts';
import { flagOf } from '../options/option.ts';
import { RUN_DEFAULTS, type RunOptions } from './options.ts';
import type { ModelFiles, TaskRows } from './run-parts.ts';
import { firstQuestion, headlineOf, readingOf, settingsOf } from './run-settings.ts';
import { withSamplers } from './samplers/asked-samplers.ts';

type Key = 'steps' | 'passes' | 'risk' | 'mostPasses' | 'draws' | 'attention' | 'score' | 'bracket' | 'seed';

/** Whether a setting is part of what makes a run of a diffusion model. */
const DECIDES: Readonly<Record<Key, (settings: ScoringSettings) => boolean>> = {
  steps: ({ steps }) => steps.length > 0,
  passes: ({ passes }) => passes > 0,
  risk: ({ race }) => race !== undefined,
  mostPasses: ({ race }) => race !== undefined,
  draws: ({ draws }) => draws > 1,
  attention: () => true,
  score: ({ duel }) => duel !== undefined,
  bracket: ({ bracket }) => bracket !== undefined,
  seed: ({ seed }) => seed !== 0,
};

/** A sentence each; a setting at its default was not given. */
export function unusedOptions(
  models: readonly ModelFiles[],
  tasks: readonly TaskRows[],
  options: RunOptions,
): readonly string[] {
  const runs = models
    .filter(({ checkpoint }) => checkpoint.options.family === 'diffusion')
    .flatMap((files) =>
      tasks.flatMap((asked) => {
        const question = firstQuestion(asked, options);
        const readings = withSamplers([readingOf(files.checkpoint, options)], files.checkpoint, question, options);
        const headline = headlineOf(asked.task, 'diffusion', options);
        return readings.map((reading) => settingsOf(files, reading, question, { ...options, headline }));
      }),
    );
  const given = (Object.keys(DECIDES) as Key[]).filter((key) => String(options[key]) !== String(RUN_DEFAULTS[key]));
  const idle = given.filter(
    (key) => !runs.some(DECIDES[key]) && !(key === 'seed' && options.sample !== null),
  ) as (keyof RunOptions)[];
  if (runs.length === 0 && options.emulateLeak) idle.push('emulateLeak');
  const why = runs.length === 0 ? 'no model of this run is a diffusion model' : 'no task of this run asks for it';
  const hasPrograms = tasks.some(({ task }) => task.needsJudge === true);
  return [
    ...sentence(idle, why),
    ...unusedThreads(options),
    ...sentence(options.unsafeNoSandbox && !hasPrograms ? ['unsafeNoSandbox'] : [], 'no task of this run has programs'),
  ];
}

/** As `unusedOptions`, of requests to one model. */
export function unusedRequestOptions(
  { options: { family } }: Pick<Checkpoint, 'options'>,
  given: Pick<RunOptions, 'steps' | 'passes' | 'threads' | 'engine'>,
): readonly string[] {
  const idle = (['steps', 'passes'] as const).filter((key) => String(given[key]) !== String(RUN_DEFAULTS[key]));
  return [
    ...sentence(family === 'autoregressive' ? idle : [], 'the model is no diffusion model'),
    ...unusedThreads(given),
  ];
}

/** Samplers, and steps that are kept, are those of texts that a diffusion model writes. @throws HarnessError 'bad-arguments' where none does */
export function requireDenoised(
  flag: '--trace' | '--sampler',
  models: readonly ModelFiles[],
  tasks: readonly TaskRows[],
  options: Pick<RunOptions, 'protocol'>,
): void {
  const denoises = models.some(({ checkpoint }) => checkpoint.options.family === 'diffusion');
  const writes = tasks.some((asked) => firstQuestion(asked, options)?.kind === 'write');
  if (denoises && writes) return;
  const found = denoises ? 'only tasks whose answers are not written' : 'only autoregressive models';
  const hint = denoises ? 'name one with --tasks; `bench list tasks` has them' : `leave ${flag} out`;
  throw badArguments(`${flag}: expected a diffusion model and a writing task, found ${found}`, hint);
}

const unusedThreads = ({ threads, engine }: Pick<RunOptions, 'threads' | 'engine'>): readonly string[] =>
  sentence(threads !== null && engine !== 'onnx' ? ['threads'] : [], `engine ${engine} takes no number of threads`);

const sentence = (keys: readonly string[], why: string): readonly string[] =>
  keys.length === 0 ? [] : [`${keys.map((key) => `--${flagOf(key)}`).join(', ')}: ${why}, so this changes nothing`];
