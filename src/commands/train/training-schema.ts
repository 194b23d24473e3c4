/** The border of `train`, `adapt` and `finetune`: flags and `--config` files become options. */
import { z } from 'zod';
import { HarnessError } from '../../core/errors.ts';
import { ENGINES } from '../../evaluate/options.ts';
import { SCHEDULES } from '../../training/learning-rate.ts';
import { LOSS_FORMS } from '../../training/recipe.ts';
import { STORED_AS, TRAINING_DEFAULTS, type TrainingOptions, type TrainingVerb } from '../../training/start/options.ts';
import { decimal, list, optional, parseFlags, type RawOptions } from '../run/run-schema.ts';
import { resolveSources } from './training-sources-schema.ts';

const wholeFrom = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z.union([z.number(), z.string().trim().regex(/^\d+$/).transform(Number)]).pipe(z.int().min(least).max(most));
const whole = (least: number, most?: number) =>
  optional(
    most === undefined ? `a whole number of at least ${least}` : `a whole number from ${least} to ${most}`,
    wholeFrom(least, most),
  );
const choice = <const C extends readonly [string, ...string[]]>(choices: C) =>
  optional(choices.join(' or '), z.enum(choices));
const name = z.string().trim().min(1);
const share = optional('a number from 0 to 1', decimal.pipe(z.number().min(0).max(1)));
const positive = optional('a number above 0', decimal.pipe(z.number().positive()));
const notNegative = optional('a number of at least 0', decimal.pipe(z.number().min(0)));
const switched = optional('true or false', z.boolean());
const shape = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',').map(Number) : value),
  z.tuple([z.int().positive(), z.int().positive(), z.int().positive(), z.int().min(2)]),
);

const SCHEMA = z.strictObject({
  out: name.describe('a folder for the model'),
  init: optional('a catalog name or a folder', name),
  arch: optional('layers,width,heads,context such as 3,128,4,64', shape),
  tokenizer: optional('word, bpe or a folder', name),
  vocab: whole(0),
  data: optional(
    'files or sources, see bench train --help',
    z.union([list(z.union([name, z.record(z.string(), z.unknown())]))]),
  ),
  task: optional('task names, separated by commas', list(name)),
  'held-out': optional('a share above 0 and below 1', decimal.pipe(z.number().gt(0).lt(1))),
  length: whole(2),
  family: choice(['ar', 'diffusion']),
  loss: choice(LOSS_FORMS),
  'no-shift': switched,
  'anneal-steps': whole(0),
  stratify: switched,
  'mask-token': optional('a token, an id or new', z.union([name, z.int().nonnegative().transform(String)])),
  steps: whole(1),
  batch: whole(1),
  accumulate: whole(1),
  lr: positive,
  warmup: whole(0),
  schedule: choice(SCHEDULES),
  'lr-floor': share,
  clip: notNegative,
  'weight-decay': notNegative,
  betas: optional(
    'two numbers from 0 to below 1, such as 0.9,0.99',
    list(decimal.pipe(z.number().min(0).lt(1))).pipe(z.tuple([z.number(), z.number()])),
  ),
  seed: whole(0),
  'eval-every': whole(0),
  'eval-rows': whole(1),
  'eval-draws': whole(1, 1024),
  'accuracy-rows': whole(0),
  'accuracy-steps': optional('whole numbers from 1 separated by commas', list(wholeFrom(1))),
  'accuracy-every': whole(0),
  'checkpoint-every': whole(0),
  divergence: optional('a number above 1', decimal.pipe(z.number().gt(1))),
  dtype: choice(STORED_AS),
  'lora-rank': whole(0),
  engine: choice(ENGINES),
  threads: whole(1, 256),
  json: switched,
});
type Given = z.infer<typeof SCHEMA>;

/** @throws HarnessError 'bad-arguments' that names the flag or key, what was expected and what was found */
export async function resolveTrainingOptions(verb: TrainingVerb, flags: RawOptions): Promise<TrainingOptions> {
  const given = await parseFlags(SCHEMA, flags);
  const standard = TRAINING_DEFAULTS[verb];
  const { anneal, ...defaults } = standard;
  requireInit(verb, given);
  const steps = given.steps ?? standard.steps;
  const annealed = 'steps' in anneal ? anneal.steps : Math.max(1, Math.round(anneal.share * steps));
  const options: TrainingOptions = {
    ...defaults,
    ...numbers(given, standard),
    verb,
    out: given.out,
    init: given.init ?? null,
    arch: given.init === undefined ? (toShape(given.arch) ?? standard.arch) : null,
    data: resolveSources(verb, given.data ?? [], given.task ?? []),
    family: familyOf(verb, given),
    annealSteps: given['anneal-steps'] ?? annealed,
    steps,
  };
  return options;
}

function numbers(given: Given, standard: (typeof TRAINING_DEFAULTS)[TrainingVerb]) {
  return {
    tokenizer: given.tokenizer ?? standard.tokenizer,
    vocab: given.vocab ?? standard.vocab,
    heldOut: given['held-out'] ?? standard.heldOut,
    length: given.length ?? standard.length,
    loss: given.loss ?? standard.loss,
    shift: given['no-shift'] === undefined ? standard.shift : !given['no-shift'],
    stratify: given.stratify ?? standard.stratify,
    maskToken: given['mask-token'] ?? standard.maskToken,
    batch: given.batch ?? standard.batch,
    accumulate: given.accumulate ?? standard.accumulate,
    lr: given.lr ?? standard.lr,
    warmup: given.warmup ?? standard.warmup,
    schedule: given.schedule ?? standard.schedule,
    lrFloor: given['lr-floor'] ?? standard.lrFloor,
    clip: given.clip ?? standard.clip,
    weightDecay: given['weight-decay'] ?? standard.weightDecay,
    betas: given.betas ?? standard.betas,
    seed: given.seed ?? standard.seed,
    evalEvery: given['eval-every'] ?? standard.evalEvery,
    evalRows: given['eval-rows'] ?? standard.evalRows,
    evalDraws: given['eval-draws'] ?? standard.evalDraws,
    accuracyRows: given['accuracy-rows'] ?? standard.accuracyRows,
    accuracySteps: given['accuracy-steps'] ?? standard.accuracySteps,
    accuracyEvery: given['accuracy-every'] ?? standard.accuracyEvery,
    checkpointEvery: given['checkpoint-every'] ?? standard.checkpointEvery,
    divergence: given.divergence ?? standard.divergence,
    dtype: given.dtype ?? standard.dtype,
    loraRank: given['lora-rank'] ?? standard.loraRank,
    engine: given.engine ?? standard.engine,
    threads: given.threads ?? standard.threads,
    json: given.json ?? standard.json,
  };
}

const toShape = (given: Given['arch']) => {
  if (given === undefined) return null;
  const [layers, width, heads, context] = given;
  if (width % heads !== 0) {
    throw new HarnessError('bad-arguments', `--arch: expected a width that the heads divide, found ${given.join()}`);
  }
  return { layers, width, heads, context };
};

function familyOf(verb: TrainingVerb, { family }: Given): TrainingOptions['family'] {
  if (family === undefined) return verb === 'train' ? 'autoregressive' : verb === 'adapt' ? 'diffusion' : null;
  if (verb === 'adapt' && family === 'ar') {
    throw new HarnessError('bad-arguments', '--family: adapt makes diffusion models, found ar', {
      hint: 'bench finetune trains autoregressive models further',
    });
  }
  return family === 'ar' ? 'autoregressive' : 'diffusion';
}

function requireInit(verb: TrainingVerb, { init, arch, tokenizer, 'lora-rank': lora }: Given): void {
  if (verb !== 'train' && init === undefined) {
    throw new HarnessError('bad-arguments', '--init: expected a catalog name or a folder, found nothing', {
      hint: `bench ${verb} begins with a trained model; bench train makes one from scratch`,
    });
  }
  if (init === undefined && lora !== undefined && lora > 0) {
    throw new HarnessError('bad-arguments', '--lora-rank: expected only with --init: adapters need a trained model');
  }
  const unused =
    init === undefined ? null : arch !== undefined ? '--arch' : tokenizer !== undefined ? '--tokenizer' : null;
  if (unused !== null) {
    throw new HarnessError('bad-arguments', `${unused}: expected only without --init, which brings its own`);
  }
}
