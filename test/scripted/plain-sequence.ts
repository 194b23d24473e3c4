import { countingPositions, type Sequence } from '../../src/lm/forward/sequence.ts';

/** Limits of batches that tests cut by. */
export const LIMITS = { tokens: 4096, rows: 512, sequences: 256, attention: 2 ** 21 };

/** Tokens that see each other, and of which nothing is read. */
export const plainSequence = (length: number): Sequence => ({
  ids: new Int32Array(length),
  positions: countingPositions(length),
  attention: { kind: 'full' },
  reads: [],
});
