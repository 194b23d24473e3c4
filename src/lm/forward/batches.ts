/** Which sequences go through the network together, and how large they are there. Never changes a result. */
import type { Architecture } from '../../architectures/architecture.ts';
import type { Sequence } from './sequence.ts';

/** Attention kernels sum in blocks of up to this many entries; a sequence takes whole multiples of it (see packing.ts). */
export const SLOT_MULTIPLE = 64;

/** Slots that a sequence takes, or each one of a batch whose longest has `length` tokens. */
export const slotsFor = (length: number): number => Math.max(1, Math.ceil(length / SLOT_MULTIPLE)) * SLOT_MULTIPLE;

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
