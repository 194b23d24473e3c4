/** The verbs that train. Modules are imported only when their verb runs. */

import type { TrainingVerb } from '../../training/start/options.ts';
import type { Verb } from '../shell/verb.ts';
import { ADAPT_FLAGS, FINETUNE_FLAGS, TRAIN_FLAGS } from './training-flags.ts';

const verb = (name: TrainingVerb, words: Pick<Verb, 'about' | 'notes' | 'flags' | 'examples'>): Verb => ({
  name,
  takes: '',
  ...words,
  async execute(_names, flags, io) {
    const { resolveTrainingOptions } = await import('./training-schema.ts');
    const options = await resolveTrainingOptions(name, flags);
    return (await import('./train.ts')).run(options, io);
  },
});

export const train = verb('train', {
  about: 'Train a small model from scratch. Repeat the command to resume.',
  notes: `A mixture of sources stands in a file for --config, whose keys are the flags below:
  {"steps": 1300, "lr": 0.002, "data": [
    {"kind": "text", "path": "stories.txt", "weight": 0.35},
    {"kind": "pairs", "path": "pairs.jsonl", "layout": "packed", "weight": 0.35},
    {"kind": "task", "task": "word-problems", "settings": {"steps": 1}, "weight": 0.3}]}
Pairs are packed as running text, or one a row ("layout": "rows": only answers are learnt). Where sources give a
"length" of their own, each micro-batch (--accumulate) comes from one source.`,
  flags: TRAIN_FLAGS,
  examples: [
    ['train --data story.txt --out models/base', 'a 0.7M-parameter autoregressive model with a word vocabulary'],
    ['train --data corpus/ --tokenizer bpe --vocab 1024 --arch 4,192,6,128 --out models/bpe', 'another shape, and BPE'],
    ['train --config base.json --out models/base', 'a mixture of sources with weights, from a file'],
    [
      'train --task pointer-chasing --family diffusion --out models/scratch',
      'diffusion without an autoregressive start',
    ],
  ],
});

export const adapt = verb('adapt', {
  about: 'Adapt an autoregressive model to masked diffusion (arXiv 2410.17891). Repeat the command to resume.',
  flags: ADAPT_FLAGS,
  examples: [
    ['adapt --init models/base --data story.txt --steps 1000 --out models/diffusion', 'the full recipe'],
    ['adapt --init models/base --data story.txt --no-shift --out models/no-shift', 'without the shift'],
    [
      'adapt --init models/base --data story.txt --anneal-steps 1 --out models/no-anneal',
      'attention open from the start',
    ],
    ['adapt --init gpt2-s --mask-token 10541 --data corpus/ --length 512 --out mine', 'as DiffuGPT-S'],
    ['adapt --init models/base --data story.txt --loss fixed --stratify --out models/fixed', 'the unbiased loss'],
  ],
});

export const finetune = verb('finetune', {
  about: 'Fine-tune a model of either family on prompts with answers. Repeat the command to resume.',
  flags: FINETUNE_FLAGS,
  examples: [
    ['finetune --init models/diffusion --task pointer-chasing --length 24 --out models/pointers', 'a made task'],
    ['finetune --init models/base --data pairs.jsonl --out models/tuned', 'lines {"prompt", "answer"}'],
    ['finetune --init models/base --task countdown-mini --length 32 --steps 1800 --out models/cd-ar', 'autoregressive'],
  ],
});
