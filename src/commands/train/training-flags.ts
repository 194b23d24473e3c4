/** The flags of `train`, `adapt` and `finetune`, as help shows them. */

import { TRAINING_DEFAULTS, type TrainingDefaults, type TrainingVerb } from '../../training/start/options.ts';
import { engineFlags, type Flags, JSON_SWITCH } from '../shell/flags.ts';

const DATA = 'What is learnt:';
const RECIPE = 'Diffusion recipe:';
const OPTIMISER = 'Optimiser:';
const WATCHING = 'Watching:';
const COMPUTE = 'Computation:';

function common(verb: TrainingVerb): Flags {
  const standard = TRAINING_DEFAULTS[verb];
  return {
    ...dataFlags(standard),
    ...optimiserFlags(standard),
    ...watchingFlags(standard),
    ...computeFlags(standard),
  };
}

function dataFlags(standard: TrainingDefaults): Flags {
  return {
    out: { kind: 'text', about: 'folder for the model; the same command again resumes (required)' },
    config: { kind: 'text', about: 'JSON file with the same keys as these flags; flags override it' },
    json: JSON_SWITCH,
    data: {
      kind: 'list',
      about: 'text files or folders (.txt), prompt and answer pairs (.jsonl); in --config also weighted mixtures',
      group: DATA,
    },
    task: {
      kind: 'list',
      about: 'problems made without end: pointer-chasing, countdown-mini, word-problems, arithmetic',
      group: DATA,
    },
    length: { kind: 'text', about: 'tokens a row', standard: "the model's context", group: DATA },
    'held-out': {
      kind: 'text',
      about: 'share of a file, at its end, that is never trained on',
      standard: String(standard.heldOut),
      group: DATA,
    },
  };
}

function optimiserFlags(standard: TrainingDefaults): Flags {
  return {
    steps: { kind: 'text', about: 'optimizer steps', standard: String(standard.steps), group: OPTIMISER },
    batch: { kind: 'text', about: 'rows of a micro-batch', standard: String(standard.batch), group: OPTIMISER },
    accumulate: { kind: 'text', about: 'micro-batches a step', standard: '1', group: OPTIMISER },
    lr: { kind: 'text', about: 'highest learning rate', standard: String(standard.lr), group: OPTIMISER },
    warmup: { kind: 'text', about: 'steps until it is reached', standard: String(standard.warmup), group: OPTIMISER },
    schedule: { kind: 'text', about: 'cosine or constant', standard: standard.schedule, group: OPTIMISER },
    'lr-floor': {
      kind: 'text',
      about: 'share of the highest rate at the end',
      standard: String(standard.lrFloor),
      group: OPTIMISER,
    },
    clip: {
      kind: 'text',
      about: 'largest gradient norm; 0 = not clipped',
      standard: String(standard.clip),
      group: OPTIMISER,
    },
    'weight-decay': {
      kind: 'text',
      about: 'of matrices, decoupled (AdamW)',
      standard: String(standard.weightDecay),
      group: OPTIMISER,
    },
    betas: { kind: 'list', about: 'of AdamW', standard: standard.betas.join(), group: OPTIMISER },
    seed: { kind: 'text', about: 'seed of data order, noise and new weights', standard: '0', group: OPTIMISER },
  };
}

function watchingFlags(standard: TrainingDefaults): Flags {
  return {
    'eval-every': {
      kind: 'text',
      about: 'steps between held-out losses; 0 = at the end',
      standard: String(standard.evalEvery),
      group: WATCHING,
    },
    'eval-rows': { kind: 'text', about: 'held-out rows', standard: String(standard.evalRows), group: WATCHING },
    'eval-draws': {
      kind: 'text',
      about: 'masks a row for the NELBO',
      standard: String(standard.evalDraws),
      group: WATCHING,
    },
    'accuracy-rows': {
      kind: 'text',
      about: 'held-out problems to answer; 0 = none',
      standard: String(standard.accuracyRows),
      group: WATCHING,
    },
    'accuracy-steps': {
      kind: 'list',
      about: 'diffusion steps T to answer them with',
      standard: standard.accuracySteps.join(),
      group: WATCHING,
    },
    'accuracy-every': { kind: 'text', about: 'steps between answers; 0 = at the end', standard: '0', group: WATCHING },
    'checkpoint-every': {
      kind: 'text',
      about: 'steps between checkpoints that a killed run resumes from',
      standard: String(standard.checkpointEvery),
      group: WATCHING,
    },
    divergence: {
      kind: 'text',
      about: 'stop when the loss stays above so many times its running median',
      standard: String(standard.divergence),
      group: WATCHING,
    },
  };
}

function computeFlags(standard: TrainingDefaults): Flags {
  return {
    dtype: {
      kind: 'text',
      about: 'fp32 or fp16: how the weights are stored',
      standard: standard.dtype,
      group: COMPUTE,
    },
    ...engineFlags(COMPUTE),
  };
}

function recipe(anneal: string): Flags {
  return {
    loss: {
      kind: 'text',
      about: 'paper (divided by masked tokens of the micro-batch) or fixed (by row; unbiased)',
      standard: 'paper',
      group: RECIPE,
    },
    'no-shift': {
      kind: 'switch',
      about: 'read position i from row i instead of row i-1',
      standard: 'as the diffusion model of --init, else shifted',
      group: RECIPE,
    },
    'anneal-steps': {
      kind: 'text',
      about: 'steps over which future attention opens; 1 = open at once',
      standard: anneal,
      group: RECIPE,
    },
    stratify: { kind: 'switch', about: 'spread t evenly over each micro-batch', group: RECIPE },
    'mask-token': {
      kind: 'text',
      about: 'a token, an id, or new: a further row of the embedding',
      standard: "the model's or tokenizer's, else new",
      group: RECIPE,
    },
  };
}

const LORA: Flags = {
  'lora-rank': {
    kind: 'text',
    about: 'train adapters of this rank and the embedding, merged at the end; 0 = all weights',
    standard: '0',
    group: OPTIMISER,
  },
};
const INIT = { kind: 'text', about: 'catalog name or folder of the model to begin with (required)' } as const;
const FAMILY = { kind: 'text', about: 'ar or diffusion' } as const;
const SHAPE: Flags = {
  arch: {
    kind: 'text',
    about: 'layers,width,heads,context of a GPT-2 of your own',
    standard: Object.values(TRAINING_DEFAULTS.train.arch ?? {}).join(),
  },
  tokenizer: { kind: 'text', about: 'word, bpe, or a folder with tokenizer files', standard: 'word' },
  vocab: {
    kind: 'text',
    about: 'words of the data in a word tokenizer, or tokens of a bpe one',
    standard: String(TRAINING_DEFAULTS.train.vocab),
  },
};

export const TRAIN_FLAGS: Flags = {
  ...SHAPE,
  ...common('train'),
  family: { ...FAMILY, standard: 'ar' },
  ...recipe('1'),
};

export const ADAPT_FLAGS: Flags = { init: INIT, ...common('adapt'), ...LORA, ...recipe('two fifths of --steps') };

export const FINETUNE_FLAGS: Flags = {
  init: INIT,
  ...common('finetune'),
  ...LORA,
  family: { ...FAMILY, standard: 'as --init' },
  ...recipe('1'),
};
