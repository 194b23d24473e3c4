/** What a denoising step asks the network. */
import type { Fraction, Tokens } from '../../core/units.ts';
import type { AttentionPattern } from '../forward/sequence.ts';

/** The tokens at the start of a row that no further request of it changes. */
export interface FinishedPart {
  /** The same in all requests of a row. */
  readonly row: object;
  readonly tokens: Tokens;
}

export interface ProposalRequest {
  readonly ids: Int32Array;
  /** Absent: nothing is known of further requests. */
  readonly finished?: FinishedPart;
  readonly attention: AttentionPattern;
  /** Total noise σ of the input, for nets that are told of it. */
  readonly sigma?: number;
  /** Rows of the output to read. */
  readonly rows: readonly number[];
  readonly temperature: number;
  /** A token that is never proposed: it has no probability. Null: all tokens may be. */
  readonly excluded: number | null;
  /** By what positions are ranked where that is not the confidence. */
  readonly sureness?: 'entropy' | 'margin';
  /** Null: the most likely token. `uniform` in [0, 1) decides the token of a row. */
  readonly drawn: (Nucleus & { readonly uniform: (row: number) => number }) | null;
}

/** What is left of a distribution before a token is drawn: the K likeliest (null: all), of them those that top-p keeps. */
export interface Nucleus {
  readonly topP: Fraction;
  readonly topK: number | null;
}

/** By row of the request: the token, and its log-probability after temperature and top-p, in nats. */
export interface Proposals {
  readonly tokens: Int32Array;
  readonly confidences: Float32Array;
  /** Higher is surer: the negative entropy, or the difference of the two largest probabilities; where the request asks for one. */
  readonly sureness?: Float32Array;
  /** Tokens of the row that went through the network for it; absent: all. */
  readonly passed?: Tokens;
  /** Logarithm of what the outputs sum to, at temperature 1; of drawn tokens of networks whose outputs are scores. */
  readonly logTotals?: Float32Array;
}

export type Propose = (requests: readonly ProposalRequest[]) => Promise<readonly Proposals[]>;

/** How tokens and positions are chosen: the likeliest tokens, with further measures of how sure they are, or drawn ones. */
export type ProposalWay = 'argmax' | 'sure' | 'drawn';

export interface Proposer {
  /** @throws HarnessError 'non-finite' when the network gives NaN, 'interrupted' when the signal was aborted */
  readonly propose: Propose;
  /** Loads the weights for a way of choosing, which `propose` else does when it is first asked for it. */
  load(way: ProposalWay): Promise<void>;
  /** Rows of so many tokens whose finished parts should be on their way at once; absent: any number. */
  rowsAtOnce?(tokens: Tokens): number;
  dispose(): Promise<void>;
}
