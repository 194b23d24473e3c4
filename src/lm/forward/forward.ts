/** Runs sequences through a compiled net in batches of bounded size. The result of a sequence never depends on its batch. */
import pLimit from 'p-limit';
import type { Architecture } from '../../architectures/architecture.ts';
import { HarnessError } from '../../core/errors.ts';
import type { Executable } from '../../engines/engine.ts';
import type { LogprobOutput, ReadoutInput } from '../../programs/readout.ts';
import { packSequences, slotsFor } from './packing.ts';
import type { Readings, Sequence } from './sequence.ts';

export interface BatchLimits {
  /** Tokens of one forward, padding not counted (there is none). */
  readonly tokens: number;
  /** Rows of one forward that reach the vocabulary projection: each holds V logits for a moment. */
  readonly rows: number;
  /** Sequences of one forward. */
  readonly sequences: number;
  /** Attention entries of one forward and head: every sequence takes the square of the longest one's slots. */
  readonly attention: number;
}

/** Values of the widest layer that a batch should have: 8 MB, so that they stay in the cache from one layer to the next. */
const CACHED_VALUES = 2 ** 21;

/** Limits under which the whole forward runs near the rate of bare matrix products (scripts/bench-scoring.ts). */
export function cacheSizedLimits({ innerWidth }: Architecture): BatchLimits {
  const tokens = Math.min(4096, Math.max(256, Math.floor(CACHED_VALUES / innerWidth)));
  return { tokens, rows: 512, sequences: 256, attention: 2 ** 21 };
}

export interface ForwardOptions {
  /** Where nothing is said, as many tokens as the cache holds. Never changes a result. */
  readonly limits?: Partial<BatchLimits>;
  /** Aborted: batches that have not begun are dropped with HarnessError 'interrupted'. */
  readonly signal?: AbortSignal;
}

export type Forward = (sequences: readonly Sequence[]) => Promise<readonly Readings[]>;

/**
 * @returns a function that answers the reads of sequences, in the order given
 * @throws HarnessError 'non-finite' when the network gives NaN for a read row
 */
export function forwardWith(
  executable: Executable<ReadoutInput, LogprobOutput>,
  net: Architecture,
  { limits, signal }: ForwardOptions = {},
): Forward {
  const bounds = { ...cacheSizedLimits(net), ...limits };
  const oneAtATime = pLimit(1); // the engine already uses every core for one forward
  return async (sequences) => {
    const readings = new Array<Readings>(sequences.length);
    const run = async (batch: readonly number[]): Promise<void> => {
      if (signal?.aborted) throw new HarnessError('interrupted', 'stopped between two batches');
      const feeds = packSequences(
        net,
        batch.map((index) => sequences[index] as Sequence),
      );
      const fetched = await executable.run(feeds);
      let from = 0;
      for (const index of batch) {
        const to = from + (sequences[index] as Sequence).reads.length;
        readings[index] = {
          logprobs: (fetched.logprobs.data as Float32Array).slice(from, to),
          best: (fetched.best.data as Int32Array).slice(from, to),
          bestLogprobs: (fetched.bestLogprobs.data as Float32Array).slice(from, to),
        };
        refuseNaN(readings[index] as Readings);
        from = to;
      }
    };
    await Promise.all(batches(sequences, bounds).map((batch) => oneAtATime(() => run(batch))));
    return readings;
  };
}

/** Cuts sequences into batches, longest first, so that sequences of a batch have similar length. */
export function batches(sequences: readonly Sequence[], limits: BatchLimits): number[][] {
  const order = sequences.map((_, index) => index);
  order.sort((a, b) => (sequences[b] as Sequence).ids.length - (sequences[a] as Sequence).ids.length || a - b);
  const result: number[][] = [];
  let used = { tokens: 0, rows: 0, entriesEach: 0 };
  for (const index of order) {
    const { ids, reads } = sequences[index] as Sequence;
    const open = result.at(-1);
    const fits =
      open !== undefined &&
      used.tokens + ids.length <= limits.tokens &&
      used.rows + reads.length <= limits.rows &&
      open.length + 1 <= limits.sequences &&
      (open.length + 1) * used.entriesEach <= limits.attention;
    if (fits) open.push(index);
    else {
      result.push([index]);
      used = { tokens: 0, rows: 0, entriesEach: slotsFor(ids.length) ** 2 };
    }
    used.tokens += ids.length;
    used.rows += reads.length;
  }
  return result;
}

function refuseNaN(readings: Readings): void {
  if (readings.logprobs.some(Number.isNaN)) {
    throw new HarnessError('non-finite', 'the network gave NaN where a log-probability was expected', {
      hint: 'The checkpoint may hold NaN or overflow in float32; `bench doctor` checks the engine.',
    });
  }
}
