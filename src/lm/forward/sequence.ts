/** One sequence for the network, with what is to be read from it. Nothing here knows about batches. */

/** Who may attend to whom, in slots of the sequence. */
export type AttentionPattern =
  | { readonly kind: 'causal' }
  | { readonly kind: 'full' }
  /** Blocks of `length` from the start of the sequence: a token sees its own block and those before it. */
  | { readonly kind: 'blocks'; readonly length: number }
  /** A causal prefix, then branches that see the prefix and themselves, never each other. */
  | { readonly kind: 'branches'; readonly prefix: number; readonly branches: readonly number[] }
  /** `open[q · length + k]` = 1 where q may attend to k. */
  | { readonly kind: 'matrix'; readonly open: Uint8Array };

/** A question to the output at `row`: how likely is `target` there. */
export interface Read {
  readonly row: number;
  readonly target: number;
}

export interface Sequence {
  readonly ids: Int32Array;
  readonly positions: Int32Array;
  readonly attention: AttentionPattern;
  readonly reads: readonly Read[];
  /** Total noise σ of the input, for nets that are told of it. */
  readonly sigma?: number;
}

/** Answers to the reads of one sequence, in their order; log-probabilities in nats. */
export interface ReadAnswers {
  readonly logprobs: Float32Array;
  /** Most likely token at the read row (lowest id on ties), and its log-probability. */
  readonly best: Int32Array;
  readonly bestLogprobs: Float32Array;
  /** Logarithm of the sum that log-probabilities are normalised by; of nets whose outputs are scores. */
  readonly logTotals?: Float32Array;
  /** Those that the net was opened for. */
  readonly certainties?: Readonly<Partial<Record<'confidences' | 'entropies' | 'margins', Float32Array>>>;
}

/** Positions 0 … n − 1. */
export const countingPositions = (length: number): Int32Array => Int32Array.from({ length }, (_, i) => i);

/** The network: answers to the reads of sequences, in the order given. */
export type Forward = (sequences: readonly Sequence[]) => Promise<readonly ReadAnswers[]>;
