/** What a denoising step asks the network. */
import type { Fraction } from '../../core/units.ts';
import type { AttentionPattern } from '../forward/sequence.ts';

export interface ProposalRequest {
  readonly ids: Int32Array;
  readonly attention: AttentionPattern;
  /** Total noise σ of the input, for nets that are told of it. */
  readonly sigma?: number;
  /** Rows of the output to read. */
  readonly rows: readonly number[];
  readonly temperature: number;
  /** A token that is never proposed: it has no probability. Null: all tokens may be. */
  readonly excluded: number | null;
  /** Null: the most likely token. `uniform` in [0, 1) decides the token of a row. */
  readonly drawn: { readonly topP: Fraction; readonly uniform: (row: number) => number } | null;
}

/** By row of the request: the token, and its log-probability after temperature and top-p, in nats. */
export interface Proposals {
  readonly tokens: Int32Array;
  readonly confidences: Float32Array;
  /** Logarithm of what the outputs sum to, at temperature 1; of drawn tokens of networks whose outputs are scores. */
  readonly logTotals?: Float32Array;
}

export type Propose = (requests: readonly ProposalRequest[]) => Promise<readonly Proposals[]>;

export interface Proposer {
  /** @throws HarnessError 'non-finite' when the network gives NaN, 'interrupted' when the signal was aborted */
  readonly propose: Propose;
  /** Loads the weights for a way of choosing tokens, which `propose` else does when it is first asked for it. */
  load(tokens: 'argmax' | 'drawn'): Promise<void>;
  dispose(): Promise<void>;
}
