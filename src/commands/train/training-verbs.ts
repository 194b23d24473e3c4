/** `bench train`, `bench adapt`, `bench finetune`: what each is told, and how each completes it. */
import { badArguments } from '../../core/errors.ts';
import { adjusted, type OptionsOf } from '../../options/option.ts';
import { settingsOfContinued } from '../../training/start/continued-run.ts';
import { TRAINING_OPTIONS, type TrainingOptions, type TrainingVerb } from '../../training/start/options.ts';
import { declareVerb, type Verb } from '../shell/verb.ts';
import { resolveSources } from './training-sources.ts';

type Given = OptionsOf<typeof TRAINING_OPTIONS>;

/** Of `train` without --init. */
const ARCH = { layers: 3, width: 128, heads: 4, context: 64 };
/** Share of the steps of `adapt` over which attention opens. */
const ANNEALED = 0.4;

const declareTraining = (
  verb: TrainingVerb,
  changes: Parameters<typeof adjusted<typeof TRAINING_OPTIONS>>[1],
  words: Pick<Verb, 'examples' | 'notes'> & { readonly onlyInConfig: readonly (keyof Given)[] },
) =>
  declareVerb({
    options: adjusted(TRAINING_OPTIONS, changes),
    readsConfig: true,
    ...words,
    earlier: (given) => settingsOfContinued(verb, given),
    settle: (given): TrainingOptions => toTrainingOptions(verb, given),
    // What trains is loaded when it runs, so that help and mistakes are answered at once.
    run: async (options, io) => (await import('./train.ts')).run(options, io),
  });

export const train = declareTraining(
  'train',
  { lr: { preset: 2e-3 }, warmup: { preset: 100 }, family: { standard: 'ar' }, annealSteps: { standard: '1' } },
  {
    onlyInConfig: ['init', 'loraRank'],
    notes: `A mixture of sources stands in a file for --config, whose keys are the flags below:
  {"steps": 1300, "lr": 0.002, "data": [
    {"kind": "text", "path": "stories.txt", "weight": 0.35},
    {"kind": "pairs", "path": "pairs.jsonl", "layout": "packed", "weight": 0.35},
    {"kind": "task", "task": "word-problems", "settings": {"steps": 1}, "weight": 0.3}]}
Pairs are packed as running text, or one a row ("layout": "rows": only answers are learnt). Where sources give a
"length" of their own, each micro-batch (--accumulate) comes from one source.`,
    examples: {
      'train --data corpus/ --tokenizer bpe --vocab 1024 --arch 4,192,6,128 --out models/bpe': 'another shape, and BPE',
      'train --config base.json --out models/base': 'a mixture of sources with weights, from a file',
      'train --task pointer-chasing --family diffusion --out models/scratch':
        'diffusion without an autoregressive start',
    },
  },
);

export const adapt = declareTraining(
  'adapt',
  { annealSteps: { standard: 'two fifths of --steps' } },
  {
    onlyInConfig: ['arch', 'tokenizer', 'vocab', 'family'],
    examples: {
      'adapt --init models/base --data story.txt --no-shift --out models/no-shift': 'without the shift',
      'adapt --init models/base --data story.txt --anneal-steps 1 --out models/no-anneal':
        'attention open from the start',
      'adapt --init gpt2-s --mask-token 10541 --data corpus/ --length 512 --out mine': 'as DiffuGPT-S',
      'adapt --init models/base --data story.txt --loss fixed --stratify --out models/fixed': 'the unbiased loss',
    },
  },
);

export const finetune = declareTraining(
  'finetune',
  { accuracyRows: { preset: 200 }, family: { standard: 'as --init' }, annealSteps: { standard: '1' } },
  {
    onlyInConfig: ['arch', 'tokenizer', 'vocab'],
    examples: {
      'finetune --init models/base --data pairs.jsonl --out models/tuned': 'lines {"prompt", "answer"}',
      'finetune --init models/base --task countdown-mini --length 32 --steps 1800 --out models/cd-ar': 'autoregressive',
    },
  },
);

export const TRAINING = { train, adapt, finetune };

function toTrainingOptions(verb: TrainingVerb, given: Given): TrainingOptions {
  requireConsistent(verb, given);
  const { init, data, task, noShift, annealSteps, ...others } = given;
  // `training/config.json` has its members in this order.
  const { tokenizer, vocab, heldOut, length, loss, stratify, maskToken } = others;
  return {
    ...{ tokenizer, vocab, heldOut, length, loss, stratify, maskToken },
    ...others,
    ...{ verb, init },
    arch: init === null ? (given.arch ?? ARCH) : null,
    shift: noShift === null ? null : !noShift,
    data: resolveSources(verb, data, task),
    family: given.family ?? FAMILY[verb],
    annealSteps: annealSteps ?? (verb === 'adapt' ? Math.max(1, Math.round(ANNEALED * given.steps)) : 1),
  };
}

const FAMILY = { train: 'autoregressive', adapt: 'diffusion', finetune: null } as const;

function requireConsistent(verb: TrainingVerb, { init, arch, tokenizer, loraRank, family }: Given): void {
  if (verb === 'adapt' && family === 'autoregressive') {
    const hint = 'bench finetune trains autoregressive models further';
    throw badArguments('--family: adapt makes diffusion models, found ar', hint);
  }
  if (verb !== 'train' && init === null) {
    const hint = `bench ${verb} begins with a trained model; bench train makes one from scratch`;
    throw badArguments('--init: expected a catalog name or a folder, found nothing', hint);
  }
  if (init === null && loraRank > 0) {
    throw badArguments('--lora-rank: expected only with --init: adapters need a trained model');
  }
  const unused = init === null ? null : arch !== null ? '--arch' : tokenizer !== null ? '--tokenizer' : null;
  if (unused !== null) {
    throw badArguments(`${unused}: expected only without --init, which brings its own`);
  }
  if (arch !== null && arch.width % arch.heads !== 0) {
    const found = Object.values(arch).join();
    throw badArguments(`--arch: expected a width that the heads divide, found ${found}`);
  }
}
