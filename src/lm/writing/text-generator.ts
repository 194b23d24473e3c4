/**
 * A checkpoint that writes: one compiled program, for prompts and for single tokens alike, and a batch of growing sequences, which
 * keeps keys and values and computes new tokens only. What comes next in a sequence never depends on the others: see forward/forward.ts.
 */
import type { Architecture, NetInput } from '../../architectures/architecture.ts';
import type { PresentTensor } from '../../architectures/attend.ts';
import { feedsOf } from '../../architectures/index.ts';
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import type { Bytes } from '../../core/units.ts';
import type { Engine, Executable } from '../../engines/engine.ts';
import { type NextTokenOutput, type PastInput, pastProgram } from '../../programs/next-token.ts';
import type { HostTensor } from '../../tensor/ops.ts';
import { cacheSizedLimits, ownSlots, paced, SLOT_MULTIPLE, tokensOf } from '../forward/batches.ts';
import { compileNet } from '../forward/compile-net.ts';
import { packSequences, refuseNaN } from '../forward/forward.ts';
import type { Pace } from '../forward/pace.ts';
import { countingPositions, type Sequence } from '../forward/sequence.ts';
import type { Decoder } from './continuation-text.ts';
import { type GenerationLimits, generate, type NextToken, type SequenceBatch, type TextGenerator } from './generate.ts';
import { emptyPast, KeyValueCache, slotBytes } from './key-value-cache.ts';

export interface TextGeneratorOptions {
  /** Never change a result. Default: 32 to 128 sequences by the size of the network, prompts as in scoring, 1 GiB of keys and values. */
  readonly limits?: Partial<GenerationLimits>;
  readonly signal?: AbortSignal | undefined;
  /** Where given, prompts are read in batches that are small enough for the signal to be heard soon. */
  readonly pace?: Pace | undefined;
}

/** Weights are loaded into the engine with the first request. An engine holds its own copy of them for each compiled program. */
export function openTextGenerator(
  checkpoint: Checkpoint,
  tokenizer: Decoder,
  engine: Engine,
  { limits, signal, pace }: TextGeneratorOptions = {},
): TextGenerator {
  const { architecture: net } = checkpoint;
  const cacheSized = cacheSizedLimits(net).tokens;
  const program = pastProgram(net);
  let opened: Promise<Executable<PastInput, NextTokenOutput | PresentTensor>> | null = null;
  const spare: KeyValueCache[] = [];
  const setting = {
    tokenizer,
    contextLength: net.contextLength,
    slotBytes: slotBytes(net),
    limits: { sequences: sequencesAtOnce(cacheSized), promptTokens: cacheSized, cacheBytes: 2 ** 30, ...limits },
    signal: signal ?? null,
  };
  return {
    generate: async (requests, decoding, finished = () => {}) => {
      opened ??= compileNet(checkpoint, engine, program, { signal });
      const cache = spare.pop() ?? new KeyValueCache(net, 1);
      const batch = cachedBatch(await opened, net, decoding.kind === 'sampled', cache);
      const promptTokens = Math.min(setting.limits.promptTokens, pace?.tokens ?? Number.POSITIVE_INFINITY);
      const now = { ...setting, limits: { ...setting.limits, promptTokens }, finished };
      const generated = await generate(pacedPrompts(batch, pace), requests, decoding, now);
      if (cache.bytes <= SPARE_BYTES) spare.push(cache);
      return generated;
    },
    dispose: async () => (await opened)?.dispose(),
  };
}

/** Each pass has a token of every sequence: of a small network many, so that few passes take most of its time with what is no product. */
const sequencesAtOnce = (cacheSized: number): number => Math.min(128, Math.floor(cacheSized / 8));

/** A cache of at most so many is kept for the next requests: the system gives memory out, and zeroes it, page by page. */
const SPARE_BYTES: Bytes = 2 ** 26;

/** Matrix kernels may treat one row apart from several; a single one is doubled. */
const LEAST_STEP_ROWS = 2;

type Fetched = Readonly<Record<'best' | 'bestLogprobs', HostTensor> & Partial<Record<'logits', HostTensor>>>;

/**
 * @param withLogits whether `NextToken.logits` is wanted (they cross into JavaScript: 4·V bytes a token)
 * @param cache      without open rows
 */
export function cachedBatch(
  executable: Executable<PastInput, NextTokenOutput | PresentTensor>,
  net: Architecture,
  withLogits: boolean,
  cache = new KeyValueCache(net, 1),
): SequenceBatch {
  const present = Array.from({ length: net.layers }, (_, i) => [`keys.${i}`, `values.${i}`] as const).flat();
  const outputs = [...readings(withLogits), ...present];
  return {
    get open() {
      return cache.open;
    },
    admit: async (prompts) => {
      const next: NextToken[] = [];
      for (const alike of runsOf(prompts, ({ length }) => Math.min(ownSlots(net, length), SLOT_MULTIPLE))) {
        const feeds = packSequences(net, alike.map(wholeSequence), emptyPast(net, alike.length));
        const fetched = await executable.run(feeds, outputs);
        next.push(...nextTokens(fetched as Fetched, alike.length, net));
        cache.append(
          cache.open,
          alike.map((prompt) => prompt.length),
          fetched,
        );
      }
      return next;
    },
    extend: async (tokens) => {
      const positions = tokens.map((_, row) => cache.lengthOf(row));
      const feeds = feedsOf(net, { ...packStep(tokens, positions), ...cache.feeds() });
      const fetched = await executable.run(feeds, outputs);
      const next = nextTokens(fetched as Fetched, tokens.length, net);
      cache.append(
        0,
        tokens.map(() => 1),
        fetched,
      );
      return next;
    },
    release: (row) => cache.release(row),
  };
}

/** Items cut where what they have in common changes. */
function runsOf<Item>(items: readonly Item[], commonOf: (item: Item) => number): readonly (readonly Item[])[] {
  const runs: Item[][] = [];
  let common = Number.NaN;
  for (const item of items) {
    if (commonOf(item) !== common) runs.push([]);
    common = commonOf(item);
    runs.at(-1)?.push(item);
  }
  return runs;
}

const readings = (withLogits: boolean) =>
  withLogits ? (['best', 'bestLogprobs', 'logits'] as const) : (['best', 'bestLogprobs'] as const);

function wholeSequence(ids: Int32Array): Sequence {
  const reads = [{ row: ids.length - 1, target: 0 }];
  return { ids, positions: countingPositions(ids.length), attention: { kind: 'causal' }, reads };
}

/** One token a sequence: B sequences of one slot. Always one slot, whatever the batch, so that sums keep their order. */
function packStep(tokens: readonly number[], places: readonly number[]): Readonly<Record<NetInput, HostTensor>> {
  const [B, N] = [tokens.length, Math.max(LEAST_STEP_ROWS, tokens.length)];
  const filled = (values: readonly number[]): Int32Array =>
    Int32Array.from({ length: N }, (_, i) => values[i < B ? i : 0] as number);
  const rows = tokens.map((_, row) => row);
  return {
    ids: { dims: [N], data: filled(tokens) },
    positions: { dims: [N], data: filled(places) },
    slots: { dims: [B, 1], data: Int32Array.from(rows) },
    homes: { dims: [N], data: filled(rows) },
    bias: { dims: [B, 1, 1, 1], data: new Float32Array(B) },
    rows: { dims: [N], data: filled(rows) },
  };
}

/** @throws HarnessError 'non-finite' when the network gives NaN */
function nextTokens({ best, bestLogprobs, logits }: Fetched, count: number, net: Architecture): readonly NextToken[] {
  refuseNaN((bestLogprobs.data as Float32Array).subarray(0, count), 'the next token');
  const V = net.vocabularyRows;
  return Array.from({ length: count }, (_, row) => ({
    best: best.data[row] as number,
    bestLogprob: bestLogprobs.data[row] as number,
    logits: (logits?.data.subarray(row * V, (row + 1) * V) as Float32Array | undefined) ?? null,
  }));
}

/** Learns from the prompts how long so many tokens take. */
function pacedPrompts(batch: SequenceBatch, pace: Pace | undefined): SequenceBatch {
  const admit: SequenceBatch['admit'] = (prompts) =>
    paced(pace, tokensOf(prompts.map((ids) => ({ ids }))), () => batch.admit(prompts));
  return {
    get open() {
      return batch.open;
    },
    ...{ admit, extend: batch.extend, release: batch.release },
  };
}
