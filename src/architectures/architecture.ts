/**
 * What a network is to the rest of the house. A file beside this one holds all that is known about one architecture: how
 * its `config.json` is read and written, what its weights are called and how they lie, what it reads, what it computes.
 *
 * Causality is an input: causal, bidirectional, annealed, padded, packed and prefix-shared attention are ways of filling
 * `bias`, and run the same program.
 */
import type { ZodType } from 'zod';
import type { Family } from '../core/names.ts';
import type { OwnSampler } from '../core/samplers/choice.ts';
import type { HostTensor, Ops, TensorSpec } from '../tensor/ops.ts';

/** Facts of one network, plain and digested with its weights; its own file adds those that only it has. */
export interface Architecture {
  /** Name of the architecture: `model_type` of `config.json`. */
  readonly kind: string;
  readonly layers: number;
  readonly width: number;
  readonly innerWidth: number;
  /** Tokens that it can read. */
  readonly contextLength: number;
  /** Rows of the embedding. */
  readonly vocabularyRows: number;
  /** Whether the output matrix is the embedding. */
  readonly tiedHead: boolean;
}

type FromTensors = 'vocabularyRows' | 'tiedHead';
/** What `config.json` says. The vocabulary size is never read there: published configs disagree with their own tables. */
export type Configuration<Net extends Architecture = Architecture> = Omit<Net, FromTensors> & {
  /** Whether the output matrix is the embedding when the file does not hold one. */
  readonly tieWordEmbeddings: boolean;
};
/** Of a configuration, or of an architecture. */
export type Sizes<Net extends Architecture = Architecture> = Omit<Net, FromTensors>;

/** Query heads (H) and the key and value heads that they share (G), each of `headWidth` (D). */
export interface HeadShape {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
}

export const NET_INPUTS = {
  /** Token ids of all sequences, end to end. */
  ids: { dtype: 'int32', dims: ['N'] },
  /** Position of each token in its own sequence. */
  positions: { dtype: 'int32', dims: ['N'] },
  /** For each slot of each sequence, the token in it (any token where the slot is empty: `bias` hides it). */
  slots: { dtype: 'int32', dims: ['B', 'L'] },
  /** For each token, its slot, counted through all sequences: b · L + l. */
  homes: { dtype: 'int32', dims: ['N'] },
  /** 0 where slot `l` (third axis) may attend to slot `m` (fourth axis), `CLOSED` where not. */
  bias: { dtype: 'float32', dims: ['B', 1, 'L', 'L'] },
} as const satisfies Record<string, TensorSpec>;

/** Rows of the output that are read, as tokens of the flat order; a row may be listed more than once. */
export const READ_ROWS = { rows: { dtype: 'int32', dims: ['R'] } } as const satisfies Record<string, TensorSpec>;

/** Noise of the sequences of a batch, for nets that are told of it. */
export interface NoiseLevels {
  /** Total noise σ of each sequence, `[B]`; NaN where it was not said. */
  readonly sigmas: Float32Array;
  /** The sequence of each token, `[N]`. */
  readonly owners: Int32Array;
}

/** What every net reads. */
export type NetInput = keyof typeof NET_INPUTS | 'rows';

/** A batch as laid out for every net; with a past, `pastBias` is there too. */
export type LaidOut = Readonly<Record<'ids' | 'positions' | 'slots' | 'bias', HostTensor>> & {
  readonly pastBias?: HostTensor;
};

/**
 * How the tokens of a layer attend: `q [B, L, H·D]`, `k, v [B, L, G·D]` → `[B, L, H·D]`. A net hands them over and does not
 * know whether the keys are all there is or follow others that were computed earlier.
 *
 * @param own biases in place of the program's, for a layer that sees less than the others
 */
export type Attend<T> = (layer: number, q: T, k: T, v: T, own?: LayerBias<T>) => T;

export interface LayerBias<T> {
  /** `[B, 1, L, L]` */
  readonly bias: T;
  /** `[B, 1, L, P]`; wanted where there is a past. */
  readonly pastBias?: T;
}

/** How a net is read. */
export interface LogitsOptions<T> {
  readonly attend: Attend<T>;
  /** `[R, 1]`, divides the logits. */
  readonly temperature: T | null;
  /** `[V]`, added to the logits of every row, after the temperature. */
  readonly logitBias: T | null;
}

/**
 * What a weight is for: a table of rows, one a token or position; a matrix, of which `residual` ones write to the residual
 * stream; the gain of a norm; or a bias.
 */
export type WeightRole = 'table' | 'linear' | 'residual' | 'gain' | 'bias';
export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: WeightRole;
}

/**
 * How published files call weights: `plain`, as the causal classes save themselves (with or without their prefix in front), or
 * `wrapper`, as the diffusion wrapper of arXiv 2410.17891 does (`embed_tokens.weight`, `denoise_model.…`, `lm_head.weight`).
 *
 * @source HKUNLP/DiffuLLaMA at c17e897, LLaMA-Factory/src/llamafactory/train/ddm/model.py and model/loader.py
 */
export type Layout = 'plain' | 'wrapper';

/** Names are the net's own: as published, without prefix. */
export interface TensorNames {
  readonly embedding: string;
  /** The output matrix where it is a weight of its own; published without prefix. */
  readonly head: string;
  /** What the published classes put in front of all names but `head`. */
  readonly prefix: string;
  /** Whether it stands in front of `head` too. */
  readonly prefixedHead?: boolean;
  /** Fits names of this architecture and of no other: they tell it where a config has no `model_type`. */
  readonly pattern: RegExp;
  /** Fits tensors that are published beside the weights and are none: causal masks, rotary tables. */
  readonly buffer: RegExp;
}

/** What `config.json` of a class may hold besides what its schema reads; `config-fields.ts` has those of every class. */
export interface ConfigFields {
  /** Fields that change the computation, with the values that the net implements; absent and null count as one of them. */
  readonly only?: Readonly<Record<string, readonly unknown[]>>;
  /** Names under which the class reads fields of the schema too: alias -> field. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Fields that cannot move a number. */
  readonly ignored?: readonly string[];
}

/** How models of a class answer. A member that is absent is not said; null is to be said elsewhere. */
export interface ClassAnswering {
  readonly family?: Family | undefined;
  readonly maskId?: number | null | undefined;
  readonly shift?: boolean | undefined;
  /** Tokens of a block: a token sees its own block and all before it. Absent: there are no blocks. */
  readonly blockLength?: number | null | undefined;
}

/** Settings of the published evaluation of what diffusion models of this architecture write. */
export interface PublishedWriting {
  /** Tokens are drawn at it, LAMBADA and GSM8K apart; 0: the likeliest is taken. */
  readonly temperature: number;
  /** On GSM8K, most likely tokens are ranked at it. */
  readonly confidenceTemperature: number;
  /** Whether its library removes blanks before punctuation when it decodes. */
  readonly cleansUp: boolean;
}

/** How noise grows with time t, 0 to 1: a token has been left alone with probability exp(−total(t)). */
export interface NoiseSchedule {
  total(t: number): number;
  /** Its derivative. */
  rate(t: number): number;
}

/** The diffusion that a network was made for, which its files fix. */
export interface OwnDiffusion {
  /**
   * The token that stands for what is not known yet; the net reads it and never predicts it. null: noise exchanges tokens for
   * others (uniform states), and there is no such token.
   */
  readonly maskId: number | null;
  /** Of its training. */
  readonly schedule: NoiseSchedule;
  /** Whether the net is told σ, the total noise of its input. */
  readonly readsNoise: boolean;
  /**
   * What is added to an output to get the logarithm of its concrete score, for an input with total noise σ. null: outputs are
   * logits and nothing else.
   */
  readonly logScoreOffset: ((sigma: number) => number) | null;
  /** Those that it was published with; the first is what its files ask for. */
  readonly samplers: readonly OwnSampler[];
  /** Tokens of a block where blocks are denoised one after another, each seeing itself and those before it; absent: all at once. */
  readonly blockLength?: number;
}

/**
 * All that is known about an architecture. Functions take the facts of one network of this kind.
 *
 * @typeParam Extra names of inputs that the net reads besides `NET_INPUTS`
 * @typeParam Config `config.json` as its schema parses it
 */
export interface ArchitectureKind<
  Net extends Architecture = Architecture,
  Extra extends string = never,
  Config = unknown,
> {
  readonly kind: Net['kind'];
  /** Whether it can be read left to right; if not, its models denoise, and predict tokens where they stand. */
  readonly causal: boolean;
  readonly names: TensorNames;
  /** How linear and residual weights are stored. */
  readonly linears: 'in-out' | 'out-in';
  /** Absent: networks that were made to be read left to right, and adapted. */
  diffusion?(net: Net): OwnDiffusion;
  readonly published: PublishedWriting;
  /** Whose tokenizer its published models use, where their folders bring none. */
  readonly tokenizer?: string;
  /** Of `config.json`: names and defaults of the published class. */
  readonly configSchema: ZodType<Config>;
  /** Checked before `configuration` is called. */
  readonly configFields?: ConfigFields;
  /**
   * @param file for messages
   * @throws HarnessError 'not-supported' on a variant that is not implemented, 'bad-checkpoint' on sizes that do not fit
   */
  configuration(config: Config, file: string): Configuration<Net>;
  /** What the class and its config fix of how its models answer; absent: nothing. */
  answering?(config: Config): ClassAnswering;
  /** The `config.json` that published loaders read. */
  configJson(net: Net, answering?: ClassAnswering): Readonly<Record<string, unknown>>;
  /** Every weight between embedding and output matrix, in the order of the computation. */
  body(sizes: Sizes<Net>, vocabularyRows: number): readonly Weight[];
  heads(net: Net): HeadShape;
  /** @param withPast whether the program has a past; see `Attend` */
  inputs(net: Net, withPast: boolean): Readonly<Record<Extra, TensorSpec>>;
  /** Values of those inputs for a batch; without `noise`, of a batch that says nothing of it. */
  feeds(net: Net, batch: LaidOut, noise?: NoiseLevels): Readonly<Record<Extra, HostTensor>>;
  /** Logits of the read rows, `[R, V]`. */
  logits<T>(ops: Ops<T>, net: Net, inputs: Readonly<Record<NetInput | Extra, T>>, options: LogitsOptions<T>): T;
}
