/** Which sequences go through the network together, and how large they are there. Never changes a result. */
import type { Architecture } from '../../architectures/architecture.ts';
import type { Pace } from './pace.ts';
import type { Sequence } from './sequence.ts';

/** Attention kernels sum in blocks of up to this many entries; rows of slots are whole multiples of it (see forward.ts). */
export const SLOT_MULTIPLE = 64;

/** Slots of a row that holds up to `length` tokens, whatever its neighbours hold. */
export const slotsFor = (length: number): number => Math.max(1, Math.ceil(length / SLOT_MULTIPLE)) * SLOT_MULTIPLE;

/** What a vector holds at most: with so many slots fewer, a block is still summed vector by vector. */
const SHORT_MULTIPLE = 16;

/** Width up to which attention takes so much of the time that another batch is worth fewer slots. */
const NARROW = 512;

/**
 * Slots that a sequence takes. In a narrow network, a short one takes a part of a block, as attention costs their square. Sequences with different
 * parts never share a batch, so that a sum is always taken over the same slots.
 */
export function ownSlots({ width }: Pick<Architecture, 'width'>, length: number): number {
  const part = Math.max(1, Math.ceil(length / SHORT_MULTIPLE)) * SHORT_MULTIPLE;
  return width <= NARROW && part < SLOT_MULTIPLE ? part : slotsFor(length);
}

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

/** Of attention, over all heads: 8 MB, of which a network of many heads and little width would take several times as much as of anything else. */
const ATTENTION_VALUES = 2 ** 21;

/**
 * Limits under which the whole forward runs near the rate of bare matrix products (scripts/bench-scoring.ts).
 *
 * @param heads of attention
 */
export function cacheSizedLimits({ innerWidth }: Architecture, heads = 1): BatchLimits {
  const tokens = Math.min(4096, Math.max(256, Math.floor(CACHED_VALUES / innerWidth)));
  return { tokens, rows: 512, sequences: 256, attention: Math.floor(ATTENTION_VALUES / heads) };
}

export interface ForwardOptions {
  /** Where nothing is said, as many tokens as the cache holds. Never changes a result. */
  readonly limits?: Partial<BatchLimits>;
  /** Aborted: batches that have not begun are dropped with HarnessError 'interrupted'. */
  readonly signal?: AbortSignal;
  /** Where given, batches are also small enough for the signal to be heard soon. */
  readonly pace?: Pace;
}

/** Runs one batch of so many tokens, timed where there is a pace. */
export const paced = <Result>(pace: Pace | undefined, tokens: number, run: () => Promise<Result>): Promise<Result> =>
  pace === undefined ? run() : pace.timed(tokens, run);

/** Cuts sequences into batches, longest first, so that sequences of a batch have similar length. */
export const batches = (
  net: Pick<Architecture, 'width'>,
  sequences: readonly Sequence[],
  limits: BatchLimits,
): number[][] => [...cutBatches(net, sequences, limits)];

/** The same, each batch when it is asked for: what the pace has learned from one decides about the next. */
export function* cutBatches(
  net: Pick<Architecture, 'width'>,
  sequences: readonly Sequence[],
  limits: BatchLimits,
  pace?: Pace,
): Generator<number[], void, undefined> {
  const order = sequences.map((_, index) => index);
  const slotsOf = (index: number) => ownSlots(net, (sequences[index] as Sequence).ids.length);
  order.sort((a, b) => (sequences[b] as Sequence).ids.length - (sequences[a] as Sequence).ids.length || a - b);
  for (let from = 0; from < order.length; ) {
    const now = pace === undefined ? limits : { ...limits, tokens: Math.min(limits.tokens, pace.tokens) };
    const batch = order.slice(from, from + fitting(sequences, order, from, now, slotsOf));
    yield batch;
    from += batch.length;
  }
}

/**
 * Limits under which batches share the work out evenly among lanes that compute side by side: where a few batches hold it, as many as
 * each lane takes equally many of, and none that is a rest.
 *
 * @param lanes 1: the limits as they are
 */
export function evenLimits(sequences: readonly Sequence[], limits: BatchLimits, lanes: number): BatchLimits {
  if (lanes < 2 || sequences.length < 2) return limits;
  const tokens = tokensOf(sequences);
  const rows = sequences.reduce((sum, { reads }) => sum + reads.length, 0);
  const fewest = Math.max(tokens / limits.tokens, rows / limits.rows, sequences.length / limits.sequences);
  const each = tokens / (lanes * Math.ceil(fewest / lanes));
  const longest = sequences.reduce((most, { ids }) => Math.max(most, ids.length), 0);
  return { ...limits, tokens: Math.min(limits.tokens, Math.ceil(each) + longest - 1) };
}

/** How many sequences from a place in the order on fit together; at least one. */
function fitting(
  sequences: readonly Sequence[],
  order: readonly number[],
  from: number,
  limits: BatchLimits,
  slotsOf: (index: number) => number,
): number {
  const slots = slotsOf(order[from] as number);
  let [tokens, rows, count] = [0, 0, 0];
  for (const index of order.slice(from, from + Math.max(1, limits.sequences))) {
    const { ids, reads } = sequences[index] as Sequence;
    const own = slotsOf(index);
    const fits =
      (own === slots || own >= SLOT_MULTIPLE) &&
      tokens + ids.length <= limits.tokens &&
      rows + reads.length <= limits.rows &&
      (count + 1) * slots ** 2 <= limits.attention;
    if (count > 0 && !fits) break;
    tokens += ids.length;
    rows += reads.length;
    count += 1;
  }
  return count;
}

export const tokensOf = (sequences: readonly Pick<Sequence, 'ids'>[]): number =>
  sequences.reduce((sum, { ids }) => sum + ids.length, 0);
