/** Cuts a batch between sequences: the sum of weighted losses, and so the gradient, is the sum over the pieces. */
import type { Architecture } from '../architectures/architecture.ts';
import type { TrainingBatch } from './trainable.ts';

export interface BatchPiece {
  readonly batch: TrainingBatch;
  /** For each of its rows, where that row stood in the whole batch. */
  readonly places: Int32Array;
}

/** Values of the widest layer that a piece should have: 4 MB, so that passes over them stay in the cache. */
const CACHED_VALUES = 2 ** 20;
/** Below this, adding up the gradients of a piece shows beside computing them (12 bytes moved for 6 · tokens operations). */
const LEAST_TOKENS = 1024;

/** Tokens of a piece at which training runs fastest (scripts/bench-training.ts). */
export function tokensOfPiece({ innerWidth }: Architecture): number {
  return Math.max(LEAST_TOKENS, Math.floor(CACHED_VALUES / innerWidth));
}

/** Pieces of at most `tokens` tokens and of nearly equal size, at least one sequence each; those that read no row are left out. */
export function piecesOf(batch: TrainingBatch, tokens: number): BatchPiece[] {
  const { sequences, length } = batch;
  const most = Math.max(1, Math.floor(tokens / length));
  const count = Math.ceil(sequences / most);
  const pieces = Array.from({ length: count }, (_, i) => {
    const [from, to] = [i, i + 1].map((edge) => Math.floor((edge * sequences) / count) * length) as [number, number];
    return pieceOf(batch, from, to);
  });
  return pieces.filter(({ places }) => places.length > 0);
}

function pieceOf(batch: TrainingBatch, from: number, to: number): BatchPiece {
  const places = Int32Array.from(batch.rows, (_, place) => place).filter((place) => {
    const row = batch.rows[place] as number;
    return row >= from && row < to;
  });
  return {
    batch: {
      ...batch,
      ids: batch.ids.subarray(from, to),
      sequences: (to - from) / batch.length,
      rows: places.map((place) => (batch.rows[place] as number) - from),
      targets: places.map((place) => batch.targets[place] as number),
      weights: Float32Array.from(places, (place) => batch.weights[place] as number),
    },
    places,
  };
}
