/** Runs sequences through a compiled net in batches of bounded size. The result of a sequence never depends on its batch. */
import pLimit from 'p-limit';
import type { Architecture } from '../../architectures/architecture.ts';
import { ownDiffusion } from '../../architectures/index.ts';
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
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
import { cacheSizedLimits, cutBatches, type ForwardOptions, paced, tokensOf } from './batches.ts';
import { packSequences } from './packing.ts';
import type { Forward, ReadAnswers, Sequence } from './sequence.ts';

/**
 * @returns a function that answers the reads of sequences, in the order given
 * @throws HarnessError 'non-finite' when the network gives NaN for a read row
 */
export function forwardWith(
  executable: Executable<ReadoutInput, LogprobOutput>,
  net: Architecture,
  { limits, signal, pace }: ForwardOptions = {},
): Forward {
  const bounds = { ...cacheSizedLimits(net), ...limits };
  const { atOnce: width = 1 } = executable;
  const limit = pLimit(width); // calls share what the engine computes at once
  return async (sequences) => {
    const readings = new Array<ReadAnswers>(sequences.length);
    const run = async (batch: readonly number[]): Promise<void> => {
      if (signal?.aborted) throw new HarnessError('interrupted', 'stopped between two batches');
      const chosen = batch.map((index) => sequences[index] as Sequence);
      const fetched = await paced(pace, tokensOf(chosen), () => executable.run(packSequences(net, chosen)));
      let from = 0;
      for (const index of batch) {
        const to = from + (sequences[index] as Sequence).reads.length;
        readings[index] = answersOf(fetched, from, to);
        refuseNaN(readings[index] as ReadAnswers);
        from = to;
      }
    };
    await atOnce(cutBatches(sequences, bounds, pace), width, (batch) => limit(() => run(batch)));
    return readings;
  };
}

type Fetched = Readonly<Record<LogprobOutput, HostTensor> & Partial<Record<ScoreOutput | CertaintyOutput, HostTensor>>>;

/** Those of the rows `from` to `to`. */
function answersOf(fetched: Fetched, from: number, to: number): ReadAnswers {
  const { logprobs, best, bestLogprobs, logTotals, confidences, entropies, margins } = fetched;
  const floats = ({ data }: HostTensor): Float32Array => (data as Float32Array).slice(from, to);
  return {
    logprobs: floats(logprobs),
    best: (best.data as Int32Array).slice(from, to),
    bestLogprobs: floats(bestLogprobs),
    ...(logTotals === undefined ? {} : { logTotals: floats(logTotals) }),
    ...(confidences === undefined || entropies === undefined || margins === undefined
      ? {}
      : { certainties: { confidences: floats(confidences), entropies: floats(entropies), margins: floats(margins) } }),
  };
}

function refuseNaN(readings: ReadAnswers): void {
  if (readings.logprobs.some(Number.isNaN)) {
    throw new HarnessError('non-finite', 'the network gave NaN where a log-probability was expected', {
      hint: 'The checkpoint may hold NaN or overflow in float32; `bench doctor` checks the engine.',
    });
  }
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
  options: ForwardOptions & { readonly withCertainties?: boolean } = {},
): Promise<OpenNet> {
  const { architecture, options: answering } = checkpoint;
  const mask = answering.family === 'diffusion' ? answering.maskId : null;
  const isScore = (ownDiffusion(architecture)?.logScoreOffset ?? null) !== null;
  const programOf = options.withCertainties === true ? certaintyProgram : isScore ? scoreProgram : logprobProgram;
  const program = programOf(architecture, mask);
  const executable = await engine.compile<ReadoutInput, LogprobOutput>(program, checkpoint.tensors, {
    digest: checkpoint.digest,
    beside: true,
  });
  return { forward: forwardWith(executable, architecture, options), dispose: () => executable.dispose() };
}
