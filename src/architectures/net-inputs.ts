/**
 * What every net reads. Causality is an input: causal, bidirectional, annealed, padded, packed and prefix-shared
 * attention are ways of filling `bias`, and run the same program.
 */
import type { TensorSpec } from '../tensor/ops.ts';

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

export type NetInput = keyof typeof NET_INPUTS;
export type ReadNetInput = NetInput | 'rows';

/** The additive bias of an entry that may not be attended to: the most negative float32. */
export const CLOSED = -3.4028234663852886e38;
