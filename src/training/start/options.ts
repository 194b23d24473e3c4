/** What training is told: every option once, with what it accepts, its help and its default. */
import { z } from 'zod';
import { choice, decimal, list, switched, text, whole } from '../../options/fields.ts';
import { grouped, type OptionsOf, option } from '../../options/option.ts';
import { ENGINE_OPTIONS, family, json, switchOption } from '../../options/shared.ts';
import type { PairLayout } from '../data/pair-rows.ts';
import { SCHEDULES } from '../learning-rate.ts';
import { LOSS_FORMS } from '../recipe.ts';

export const TRAINING_VERBS = ['train', 'adapt', 'finetune'] as const;
export type TrainingVerb = (typeof TRAINING_VERBS)[number];

const DATA = 'What is learnt:';
const RECIPE = 'Diffusion recipe:';
const OPTIMISER = 'Optimiser:';
const WATCHING = 'Watching:';
const COMPUTE = 'Computation:';

const size = z.int().positive();
/** `3,128,4,64`, or the same as a list. */
const shape = z
  .preprocess(
    (given) => (typeof given === 'string' ? given.split(',').map(Number) : given),
    z.tuple([size, size, size, z.int().min(2)]),
  )
  .transform(([layers, width, heads, context]) => ({ layers, width, heads, context }))
  .describe('layers,width,heads,context such as 3,128,4,64');

const SOURCES = 'files or sources, see bench train --help';
const BETAS = 'two numbers from 0 to below 1, such as 0.9,0.99';
const beta = decimal(BETAS, z.number().min(0).lt(1));
const notNegative = decimal('a number of at least 0', z.number().min(0));

/** Everything that decides the weights, `threads` their last bits. Presets are those of `adapt`, where verbs differ. */
export const TRAINING_OPTIONS = {
  /** Of random weights. */
  arch: option(shape, 'layers,width,heads,context of a GPT-2 of your own', null, '3,128,4,64'),
  /** null = that of `init`, else `word`. */
  tokenizer: option(text('word, bpe or a folder'), 'word, bpe, or a folder with tokenizer files', null, 'word'),
  vocab: option(whole(0), 'words of the data in a word tokenizer, or tokens of a bpe one', 500),
  init: option(
    text('a catalog name or a folder'),
    'catalog name or folder of the model to begin with (required)',
    null,
  ),
  out: option(text('a folder for the model'), 'folder for the model; the same command again resumes'),
  continue: option(
    text('the folder of a finished run'),
    'folder of a finished run to go on with in --out, to --steps altogether, under its settings',
    null,
  ),
  json,
  family: option(family, 'ar or diffusion', null),
  ...grouped(DATA, {
    data: option(
      list(SOURCES, z.union([text(SOURCES), z.record(z.string(), z.unknown())])),
      'text files or folders (.txt), prompt and answer pairs (.jsonl); in --config also weighted mixtures',
      [],
    ),
    task: option(
      list('task names, separated by commas', text('a task')),
      'problems made without end: pointer-chasing, countdown-mini, word-problems, arithmetic',
      [],
    ),
    length: option(whole(2), 'tokens a row', null, "the model's context"),
    heldOut: option(
      decimal('a share above 0 and below 1', z.number().gt(0).lt(1)),
      'share of a file, at its end, that is never trained on',
      0.05,
    ),
  }),
  ...grouped(OPTIMISER, {
    steps: option(whole(1), 'optimizer steps', 1000),
    batch: option(whole(1), 'rows of a micro-batch', 64),
    accumulate: option(whole(1), 'micro-batches a step', 1),
    lr: option(decimal('a number above 0', z.number().positive()), 'highest learning rate', 1e-3),
    warmup: option(whole(0), 'steps until it is reached', 50),
    schedule: option(choice(SCHEDULES), 'cosine or constant', 'cosine'),
    lrFloor: option(
      decimal('a number from 0 to 1', z.number().min(0).max(1)),
      'share of the highest rate at the end',
      0.05,
    ),
    clip: option(notNegative, 'largest gradient norm; 0 = not clipped', 1),
    weightDecay: option(notNegative, 'of matrices, decoupled (AdamW)', 0.1),
    betas: option(
      list(BETAS, beta)
        .pipe(z.tuple([z.number(), z.number()]))
        .describe(BETAS),
      'of AdamW',
      [0.9, 0.99],
    ),
    seed: option(whole(0), 'seed of data order, noise and new weights', 0),
  }),
  ...grouped(WATCHING, {
    evalEvery: option(whole(0), 'steps between held-out losses; 0 = at the end', 100),
    evalRows: option(whole(1), 'held-out rows', 128),
    evalDraws: option(whole(1, 1024), 'masks a row for the NELBO', 8),
    accuracyEvery: option(whole(0), 'steps between answers; 0 = at the end', 0),
    accuracyRows: option(whole(0), 'held-out problems to answer; 0 = none', 0),
    accuracySteps: option(
      list('whole numbers from 1 separated by commas', whole(1)),
      'diffusion steps T to answer them with',
      [1, 4, 16],
    ),
    checkpointEvery: option(whole(0), 'steps between checkpoints that a killed run resumes from', 100),
    divergence: option(
      decimal('a number above 1', z.number().gt(1)),
      'stop when the loss stays above so many times its running median',
      4,
    ),
  }),
  ...grouped(COMPUTE, { dtype: option(choice(['fp32', 'fp16']), 'fp32 or fp16: how the weights are stored', 'fp32') }),
  ...grouped(OPTIMISER, {
    loraRank: option(whole(0), 'train adapters of this rank and the embedding, merged at the end; 0 = all weights', 0),
  }),
  ...grouped(COMPUTE, {
    ...ENGINE_OPTIONS,
    threads: {
      ...ENGINE_OPTIONS.threads,
      about: 'threads of the onnx engine; a part of the run, as the last bits of the weights depend on it',
      standard: 'that of the run which is resumed, else one a core',
    },
  }),
  ...grouped(RECIPE, {
    loss: option(
      choice(LOSS_FORMS),
      'paper (divided by masked tokens of the micro-batch) or fixed (by row; unbiased)',
      'paper',
    ),
    noShift: option(
      switched,
      'read position i from row i instead of row i-1',
      null,
      'as the diffusion model of --init, else shifted',
    ),
    annealSteps: option(whole(0), 'steps over which future attention opens; 1 = open at once', null),
    stratify: switchOption('spread t evenly over each micro-batch'),
    maskToken: option(
      z.union([text('a token'), z.int().nonnegative().transform(String)]).describe('a token, an id or new'),
      'a token, an id, or new: a further row of the embedding',
      null,
      "the model's or tokenizer's, else new",
    ),
  }),
};
type Declared = OptionsOf<typeof TRAINING_OPTIONS>;

export interface TrainingOptions extends Omit<Declared, 'data' | 'task' | 'noShift' | 'annealSteps'> {
  readonly verb: TrainingVerb;
  readonly data: readonly SourceOptions[];
  /** null = as `init` reads; on for models that were autoregressive. */
  readonly shift: boolean | null;
  readonly annealSteps: number;
}

/** Something to learn from. */
export type SourceOptions = {
  readonly weight: number;
  /** Tokens of its rows; null = `--length`. Where sources differ, all rows of a micro-batch come from one of them. */
  readonly length: number | null;
} & (
  | { readonly kind: 'text'; readonly path: string }
  | { readonly kind: 'pairs'; readonly path: string; readonly layout: PairLayout }
  | {
      readonly kind: 'task';
      readonly task: string;
      readonly settings: Readonly<Record<string, unknown>>;
      readonly layout: PairLayout;
    }
);
