/** What `bench train`, `bench adapt` and `bench finetune` are told: nothing optional, and the defaults of each verb. */
import type { Gpt2Shape } from '../../checkpoints/gpt2-shape.ts';
import type { Family } from '../../core/question.ts';
import type { Fraction } from '../../core/units.ts';
import type { EngineName } from '../../evaluate/options.ts';

export const TRAINING_VERBS = ['train', 'adapt', 'finetune'] as const;
export type TrainingVerb = (typeof TRAINING_VERBS)[number];

export type SourceOptions =
  | ({ readonly kind: 'text'; readonly path: string } & SourceShare)
  | ({ readonly kind: 'pairs'; readonly path: string; readonly layout: 'rows' | 'packed' } & SourceShare)
  | ({
      readonly kind: 'task';
      readonly task: string;
      readonly settings: Readonly<Record<string, unknown>>;
      readonly layout: 'rows' | 'packed';
    } & SourceShare);

export interface SourceShare {
  readonly weight: number;
  /** Tokens of its rows; null = `--length`. Where sources differ, all rows of a micro-batch come from one of them. */
  readonly length: number | null;
}

export const STORED_AS = ['fp32', 'fp16'] as const;

/** Everything that decides the weights, besides `threads`. */
export interface TrainingOptions {
  readonly verb: TrainingVerb;
  readonly out: string;
  /** Catalog name or folder of the checkpoint to begin with; null = random weights of `arch`. */
  readonly init: string | null;
  readonly arch: Gpt2Shape | null;
  /** `word`, `bpe` or a folder; null = that of `init`, else `word`. */
  readonly tokenizer: string | null;
  /** Corpus words of a word-level tokenizer, or ordinary tokens of a BPE one. */
  readonly vocab: number;
  readonly data: readonly SourceOptions[];
  /** Share of a text or pair file that is never trained on. */
  readonly heldOut: Fraction;
  /** Tokens a row; null = the model's context. */
  readonly length: number | null;
  /** null = as `init`. */
  readonly family: Family | null;
  readonly loss: 'paper' | 'fixed';
  /** null = as `init` reads; on for models that were autoregressive. */
  readonly shift: boolean | null;
  readonly annealSteps: number;
  readonly stratify: boolean;
  /** `new`, a token or an id; null = the model's or the tokenizer's mask, else a new row. */
  readonly maskToken: string | null;
  readonly steps: number;
  /** Rows of a micro-batch. */
  readonly batch: number;
  /** Micro-batches a step. */
  readonly accumulate: number;
  readonly lr: number;
  readonly warmup: number;
  readonly schedule: 'cosine' | 'constant';
  readonly lrFloor: Fraction;
  /** Largest gradient norm; 0 = not clipped. */
  readonly clip: number;
  readonly weightDecay: number;
  readonly betas: readonly [number, number];
  readonly seed: number;
  readonly evalEvery: number;
  readonly evalRows: number;
  readonly evalDraws: number;
  readonly accuracyEvery: number;
  /** Problems of each task that are answered; 0 = none. */
  readonly accuracyRows: number;
  /** Diffusion steps T to answer them with. */
  readonly accuracySteps: readonly number[];
  readonly checkpointEvery: number;
  readonly divergence: number;
  readonly dtype: (typeof STORED_AS)[number];
  /** 0 = all weights are trained. */
  readonly loraRank: number;
  readonly engine: EngineName;
  readonly threads: number | null;
  readonly json: boolean;
}

export type TrainingDefaults = Omit<TrainingOptions, 'verb' | 'out' | 'init' | 'data' | 'family' | 'annealSteps'> & {
  /** Share of all steps, or a number of steps. */
  readonly anneal: { readonly share: Fraction } | { readonly steps: number };
};

const COMMON: TrainingDefaults = {
  arch: null,
  tokenizer: null,
  vocab: 500,
  heldOut: 0.05,
  length: null,
  loss: 'paper',
  shift: null,
  anneal: { steps: 1 },
  stratify: false,
  maskToken: null,
  steps: 1000,
  batch: 64,
  accumulate: 1,
  lr: 1e-3,
  warmup: 50,
  schedule: 'cosine',
  lrFloor: 0.05,
  clip: 1,
  weightDecay: 0.1,
  betas: [0.9, 0.99],
  seed: 0,
  evalEvery: 100,
  evalRows: 128,
  evalDraws: 8,
  accuracyEvery: 0,
  accuracyRows: 0,
  accuracySteps: [1, 4, 16],
  checkpointEvery: 100,
  divergence: 4,
  dtype: 'fp32',
  loraRank: 0,
  engine: 'onnx',
  threads: null,
  json: false,
};

export const TRAINING_DEFAULTS: Readonly<Record<TrainingVerb, TrainingDefaults>> = {
  train: { ...COMMON, arch: { layers: 3, width: 128, heads: 4, context: 64 }, lr: 2e-3, warmup: 100 },
  adapt: { ...COMMON, anneal: { share: 0.4 } },
  finetune: { ...COMMON, accuracyRows: 200 },
};
