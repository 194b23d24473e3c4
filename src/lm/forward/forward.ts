/**
 * Runs sequences through a compiled net in batches of bounded size: laid end to end, so that linear layers see every token once and nothing
 * else; attention sees one row of slots a sequence, so sequences never mix.
 *
 * Exact, and independent of neighbours: slots come in whole multiples of `SLOT_MULTIPLE`, or in a part of it that all sequences of the
 * batch have, so that a sequence's sums are taken in the same order whatever shares its batch (test/property/batch-independence.test.ts).
 */

import pLimit from 'p-limit';
import type { Architecture, NetInput } from '../../architectures/architecture.ts';
import { fillBias } from '../../architectures/attention-bias.ts';
import { feedsOf, kindOf, ownDiffusion } from '../../architectures/index.ts';
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import { getOrInsert } from '../../core/collect.ts';
import type { DuelMeasure } from '../../core/duel-rule.ts';
import { HarnessError } from '../../core/errors.ts';
import type { Engine, Executable } from '../../engines/engine.ts';
import {
  type CertaintyOutput,
  certaintyProgram,
  type LogprobOutput,
  logprobProgram,
  type ReadoutInput,
  type ScoreOutput,
  scoreProgram,
} from '../../programs/readout.ts';
import type { HostTensor } from '../../tensor/ops.ts';
import { atOnce } from './at-once.ts';
import { cacheSizedLimits, cutBatches, evenLimits, type ForwardOptions, ownSlots, paced, tokensOf } from './batches.ts';
import { BiasMemory } from './bias-memory.ts';
import { compileNet } from './compile-net.ts';
import { gathered } from './gather.ts';
import type { Forward, ReadAnswers, Sequence } from './sequence.ts';
import { LEAST_ROWS, total, visibility } from './visibility.ts';

/**
 * @returns a function that answers the reads of sequences, in the order given
 * @throws HarnessError 'non-finite' when the network gives NaN for a read row
 */
export function forwardWith(
  executable: Executable<ReadoutInput, LogprobOutput>,
  net: Architecture,
  { limits, signal, pace }: ForwardOptions = {},
): Forward {
  const bounds = { ...cacheSizedLimits(net, kindOf(net).heads(net).heads), ...limits };
  const { atOnce: width = 1 } = executable;
  const limit = pLimit(width); // calls share what the engine computes at once
  const memory = new BiasMemory();
  return async (sequences) => {
    const readings = new Array<ReadAnswers>(sequences.length);
    const run = async (batch: readonly number[]): Promise<void> => {
      if (signal?.aborted) throw new HarnessError('interrupted', 'stopped between two batches');
      const chosen = batch.map((index) => sequences[index] as Sequence);
      const packed = packSequences(net, chosen, undefined, undefined, memory.zeros);
      const fetched = await paced(pace, tokensOf(chosen), () => executable.run(packed));
      memory.giveBack(packed.bias.data as Float32Array);
      let from = 0;
      for (const index of batch) {
        const to = from + (sequences[index] as Sequence).reads.length;
        readings[index] = answersOf(fetched, from, to);
        refuseNaN(readings[index].logprobs);
        from = to;
      }
    };
    const even = evenLimits(sequences, bounds, width - 1); // one of those under way waits for a lane
    await atOnce(cutBatches(net, sequences, even, pace), width, (batch) => limit(() => run(batch)));
    return readings;
  };
}

type Fetched = Readonly<Record<LogprobOutput, HostTensor> & Partial<Record<ScoreOutput | CertaintyOutput, HostTensor>>>;

/** Those of the rows `from` to `to`. */
function answersOf(fetched: Fetched, from: number, to: number): ReadAnswers {
  const { logprobs, best, bestLogprobs, logTotals, confidences, entropies, margins } = fetched;
  const floats = ({ data }: HostTensor): Float32Array => (data as Float32Array).slice(from, to);
  const certainties = {
    ...(confidences === undefined ? {} : { confidences: floats(confidences) }),
    ...(entropies === undefined ? {} : { entropies: floats(entropies) }),
    ...(margins === undefined ? {} : { margins: floats(margins) }),
  };
  return {
    logprobs: floats(logprobs),
    best: (best.data as Int32Array).slice(from, to),
    bestLogprobs: floats(bestLogprobs),
    ...(logTotals === undefined ? {} : { logTotals: floats(logTotals) }),
    ...(Object.keys(certainties).length === 0 ? {} : { certainties }),
  };
}

/** @throws HarnessError 'non-finite' */
export function refuseNaN(values: Float32Array, expected = 'a log-probability'): void {
  if (!values.some(Number.isNaN)) return;
  const hint = 'The checkpoint may hold NaN or overflow in float32; `bench doctor` checks the engine.';
  throw new HarnessError('non-finite', `the network gave NaN where ${expected} was expected`, { hint });
}

/**
 * A checkpoint's network in an engine: token ids in, log-probabilities out. Knows no text. The best token of a diffusion model is
 * never the mask, as nothing but the samplers' `paper` form writes it.
 */
export interface OpenNet {
  readonly forward: Forward;
  dispose(): Promise<void>;
}

export async function openNet(
  checkpoint: Checkpoint,
  engine: Engine,
  options: ForwardOptions & { readonly measures?: readonly DuelMeasure[] | undefined } = {},
): Promise<OpenNet> {
  const { architecture, options: answering } = checkpoint;
  const mask = answering.family === 'diffusion' ? answering.maskId : null;
  const isScore = (ownDiffusion(architecture)?.logScoreOffset ?? null) !== null;
  const { measures } = options;
  const plain = isScore ? scoreProgram : logprobProgram;
  const program = measures === undefined ? plain(architecture, mask) : certaintyProgram(architecture, mask, measures);
  const executable = await compileNet<ReadoutInput, LogprobOutput>(checkpoint, engine, program, {
    beside: true,
    signal: options.signal,
    keepsMemoryPlans: false, // hardly two batches have one shape, so plans would only pile up
  });
  return { forward: forwardWith(executable, architecture, options), dispose: () => executable.dispose() };
}

interface NetParts extends ForwardOptions {
  readonly checkpoint: Checkpoint;
  readonly engine: Engine;
  /** One that computes in fewer bits. */
  readonly cheapEngine?: Engine;
}

/** A net whose `shared` puts calls together that come at once. */
type SharedNet = OpenNet & { readonly shared: Forward };

/** The networks of one model, each opened when it is first asked for: one for what it says of its predictions, and one in fewer bits. */
export function netsOf({ checkpoint, engine, cheapEngine, ...options }: NetParts) {
  const nets = new Map<string, Promise<SharedNet>>();
  const openedIn = (place: Engine, measures?: readonly DuelMeasure[]): Promise<SharedNet> => {
    const open = () => openNet(checkpoint, place, { ...options, measures });
    return getOrInsert(nets, `${place === engine}, ${measures}`, () =>
      open().then((net) => ({ ...net, shared: gathered(net.forward) })),
    );
  };
  return {
    /** @param measures what the net says of its predictions; undefined: nothing */
    opened: (measures?: readonly DuelMeasure[]) => openedIn(engine, measures),
    inFewerBits: (): Promise<SharedNet> => {
      if (cheapEngine === undefined) throw new TypeError('a model of two precisions has two engines');
      return openedIn(cheapEngine);
    },
    dispose: async (): Promise<void> => {
      await Promise.all([...nets.values()].map(async (net) => (await net).dispose()));
    },
  };
}

/**
 * The inputs of a program for a batch of sequences. Rows are read in the order of the sequences and their reads.
 *
 * @param past    inputs of a program with a past
 * @param slotsOf slots of each sequence, of the longest one's tokens. By default sequences must be such as `cutBatches` puts together
 * @param zeros   memory for the bias
 */
export function packSequences<Past extends string = never>(
  net: Architecture,
  sequences: readonly Sequence[],
  past: Readonly<Record<Past, HostTensor>> = {} as Record<Past, HostTensor>,
  slotsOf: (longest: number) => number = (longest) => ownSlots(net, longest),
  zeros: BiasMemory['zeros'] = (values) => new Float32Array(values),
): Readonly<Record<NetInput | 'targets' | Past, HostTensor>> {
  const tokens = Math.max(
    LEAST_ROWS,
    total(sequences, (s) => s.ids.length),
  );
  const reads = Math.max(
    LEAST_ROWS,
    total(sequences, (s) => s.reads.length),
  );
  const longest = Math.max(...sequences.map((s) => s.ids.length));
  const slotCount = slotsOf(longest);

  const ids = new Int32Array(tokens);
  const positions = new Int32Array(tokens);
  const slots = new Int32Array(sequences.length * slotCount);
  const homes = new Int32Array(tokens);
  const bias = zeros(sequences.length * slotCount * slotCount);
  const rows = new Int32Array(reads);
  const targets = new Int32Array(reads);
  const owners = new Int32Array(tokens);
  let token = 0;
  let read = 0;
  sequences.forEach((sequence, b) => {
    ids.set(sequence.ids, token);
    positions.set(sequence.positions, token);
    for (let i = 0; i < sequence.ids.length; i++) {
      slots[b * slotCount + i] = token + i;
      homes[token + i] = b * slotCount + i;
      owners[token + i] = b;
    }
    const block = bias.subarray(b * slotCount * slotCount, (b + 1) * slotCount * slotCount);
    fillBias(block, slotCount, sequence.ids.length, visibility(sequence.attention, sequence.ids.length));
    for (const { row, target } of sequence.reads) {
      rows[read] = token + row;
      targets[read] = target;
      read += 1;
    }
    token += sequence.ids.length;
  });
  const batch = {
    ids: { dims: [tokens], data: ids },
    positions: { dims: [tokens], data: positions },
    slots: { dims: [sequences.length, slotCount], data: slots },
    homes: { dims: [tokens], data: homes },
    bias: { dims: [sequences.length, 1, slotCount, slotCount], data: bias },
    rows: { dims: [reads], data: rows },
    targets: { dims: [reads], data: targets },
    ...past,
  };
  return feedsOf(net, batch, { sigmas: Float32Array.from(sequences, ({ sigma = Number.NaN }) => sigma), owners });
}
