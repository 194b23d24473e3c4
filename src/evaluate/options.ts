/** What the evaluation of models on tasks is told: every option once, with what it accepts, its help and its default. */

import { z } from 'zod';
import { PROTOCOLS } from '../core/names.ts';
import type { Fraction } from '../core/units.ts';
import { ascending, choice, decimal, list, names, onOrOff, text, whole } from '../options/fields.ts';
import { modelList } from '../options/model-spec.ts';
import { grouped, type OptionsOf, option, presetsOf } from '../options/option.ts';
import { QUEUE_OPTIONS } from '../options/queue.ts';
import { sampler } from '../options/sampler-spec.ts';
import {
  COMPUTE,
  clusters,
  DEVICE_OPTIONS,
  dataDir,
  json,
  NET_OPTIONS,
  shard,
  switchOption,
  unsafeNoSandbox,
} from '../options/shared.ts';
import { LIKELIHOOD_OPTIONS } from './likelihood-options.ts';
import { fixedPasses, MOST_PASSES, passes, RACING_OPTIONS } from './racing-options.ts';

/** Most passes in fewer bits, with the decisions and the expected values of float32. */
const PRECISION_OPTIONS = grouped('In what weights are held (each gives numbers, and runs, of its own):', {
  precision: option(
    choice(['uniform', 'mixed']),
    'uniform: every pass as --dtype says; mixed: most passes in int8, and in float32 the choices that int8 could turn and a named share of the masks, whose difference corrects the rest',
    'uniform',
  ),
});

/** More examples than this fit no model. */
const MOST_SHOTS = 1000;

const DIFFUSION = 'Diffusion likelihood:';
const COMPARISON = 'What is compared:';

const STEPS = `whole numbers from 1 to ${MOST_PASSES} separated by commas, such as 1,2,4,8`;
const steps = ascending(STEPS, whole(1, MOST_PASSES));

export const DIFFUSION_OPTIONS = grouped(DIFFUSION, {
  steps: option(steps, 'diffusion steps T to report, such as 32 or 1,2,4,8; all come from the same passes', [32]),
  passes,
  seed: option(whole(0), 'seed of all masks', 0),
  /** Never changes a result. */
  trace: switchOption('keep every denoising step of what diffusion models write, for bench show RUN ITEM --trace'),
});

/** Of `score`: one model that answers requests. */
export const SCORE_OPTIONS = {
  model: option(text('a model name or folder'), 'catalog name or checkpoint folder'),
  ...DIFFUSION_OPTIONS,
  passes: { ...fixedPasses, group: DIFFUSION },
  trace: { ...DIFFUSION_OPTIONS.trace, about: 'answer infill and generate with every step' },
  ...NET_OPTIONS,
  ...DEVICE_OPTIONS,
};

const share = decimal('a number from 0 to 1', z.number().min(0).max(1));

/** Of every verb that scores models on tasks. */
export const TASK_OPTIONS = {
  models: option(
    modelList,
    'catalog names or checkpoint folders, separated by commas; NAME=FOLDER:family=diffusion:mask-id=5 gives one a name and settings of its own',
  ),
  tasks: option(
    names('task names'),
    'task names, separated by commas',
    null,
    'those the models were made for, else the published likelihood tasks',
  ),
  protocol: option(choice(PROTOCOLS), 'canonical, paper, paper-text, olmes or lm-eval', 'canonical'),
  shots: option(
    whole(0, MOST_SHOTS),
    'solved examples in front of each question, of tasks that have some',
    null,
    "the task's own number: with --protocol lm-eval as that harness (5 for gsm8k-natural, else 0), else 4 for mawps and sat-math",
  ),
  shotsFrom: option(
    text('a file'),
    'rows that examples are drawn from, a JSON object a line; of one task',
    null,
    'the training rows, where the data lock has them',
  ),
  limit: option(whole(1), 'first N items of each task', null, 'all'),
  offset: option(whole(0), 'leave the first N rows of each task out', 0),
  sample: option(whole(1), 'N rows of each task, drawn by --seed', null, 'all'),
  items: option(
    text('a file or run folder'),
    'file with ids of the items to ask, one a line, or a run whose items they are; of one task',
    null,
    'all',
  ),
  fixtures: switchOption('score the built-in rows, whatever data is present'),
  unsafeNoSandbox,
  dataDir,
  clusters,
  out: option(text('a folder'), 'folder that holds one folder a run', 'results/runs'),
  json,
  ...DIFFUSION_OPTIONS,
  ...grouped(DIFFUSION, {
    ...RACING_OPTIONS,
    ...LIKELIHOOD_OPTIONS,
    sampler,
    draws: option(
      whole(1, 1000),
      'texts for each question and T, where a task draws tokens (written tasks under paper)',
      1,
    ),
    attention: option(share, 'share of future attention that is open, 0 (causal) to 1 (bidirectional)', 1),
  }),
  ...NET_OPTIONS,
  ...PRECISION_OPTIONS,
  ...DEVICE_OPTIONS,
  ...grouped(COMPUTE, {
    batchTokens: option(whole(1), 'tokens a forward pass', null, "the engine's choice"),
    order: option(
      choice(['dataset', 'shuffled']),
      'dataset or shuffled: the order in which items are computed',
      'dataset',
    ),
  }),
};

/** Of `run`. */
export const RUN_OPTIONS = {
  ...TASK_OPTIONS,
  shard,
  ...QUEUE_OPTIONS,
  ...grouped(DIFFUSION, {
    emulateLeak: switchOption(
      "with --protocol paper: score choices with the T that LAMBADA's last word left behind, as the released script did",
    ),
  }),
  ...grouped(COMPARISON, {
    explain: switchOption(
      'toggle one difference between canonical and paper at a time and show what each moves; stores nothing',
    ),
  }),
};
export interface RunOptions extends OptionsOf<typeof RUN_OPTIONS> {}

export const RUN_DEFAULTS = presetsOf(RUN_OPTIONS);

const shareBelow = (most: number, expected: string) => decimal(expected, z.number().gt(0).lt(most));

/** Of `sweep`: numbers of steps against the largest. */
export const SWEEP_OPTIONS = {
  ...TASK_OPTIONS,
  ...grouped(COMPARISON, {
    steps: option(steps, 'diffusion steps T to compare, two or more, such as 1,8,64', [1, 2, 4, 8, 16, 32, 64]),
    margin: option(
      shareBelow(1, 'a share above 0 and below 1, such as 0.01'),
      'loss of accuracy, as a share, that counts as none',
      0.01,
    ),
    alpha: option(
      shareBelow(0.5, 'a number above 0 and below 0.5, such as 0.05'),
      'chance to call a T non-inferior that loses the margin',
      0.05,
    ),
  }),
};
export interface SweepOptions extends RunOptions, OptionsOf<typeof SWEEP_OPTIONS> {}
export const SWEEP_DEFAULTS = { ...RUN_DEFAULTS, ...presetsOf(SWEEP_OPTIONS) };

/** Of `ablate`; the reference, attention 1 and the model's own shift, is always among what is crossed. */
export const ABLATE_OPTIONS = {
  ...TASK_OPTIONS,
  ...grouped(COMPARISON, {
    attention: option(
      ascending('numbers from 0 to 1 separated by commas, such as 0,0.5,1', share),
      'shares of future attention that are open; the reference, 1, is always among them',
      [0, 0.25, 0.5, 0.75, 1],
    ),
    shift: option(
      list('on, off or both separated by a comma', onOrOff),
      "on, off or both; the reference, the model's own, is always among them",
      [true, false],
      'on,off',
    ),
  }),
};
export interface AblateOptions extends RunOptions {
  /** Ascending, no repeats. */
  readonly attentions: readonly Fraction[];
  /** On before off. */
  readonly shifts: readonly boolean[];
}
const { attention: crossed, shift: shifts } = ABLATE_OPTIONS;
export const ABLATE_DEFAULTS = { ...RUN_DEFAULTS, attentions: crossed.preset, shifts: shifts.preset };
