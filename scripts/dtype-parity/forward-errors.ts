/** Log-probabilities of the tokens of sequences in each dtype, against float32. */
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import type { DeviceName, WeightDtype } from '../../src/engines/engine.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { openNet } from '../../src/lm/forward/forward.ts';
import { countingPositions, type ReadAnswers, type Sequence } from '../../src/lm/forward/sequence.ts';

export interface ForwardErrors {
  readonly tokens: number;
  /** Of log-probabilities, nats. */
  readonly mean: number;
  readonly most: number;
  /** Rows whose most likely token is another. */
  readonly otherBest: number;
}

/** Every token predicted by the row before it: left to right, or for a diffusion model with every second token masked. */
export function asSequence(ids: Int32Array, { options }: Checkpoint): Sequence {
  const { family, maskId } = options;
  const isMasked = family === 'diffusion' && maskId !== null;
  return {
    ids: isMasked ? ids.map((id, i) => (i % 2 === 1 ? (maskId as number) : id)) : ids,
    positions: countingPositions(ids.length),
    attention: { kind: isMasked ? 'full' : 'causal' },
    reads: Array.from({ length: ids.length - 1 }, (_, row) => ({ row, target: ids[row + 1] as number })),
  };
}

export async function readIn(
  dtype: WeightDtype,
  checkpoint: Checkpoint,
  sequences: readonly Sequence[],
  device: DeviceName = 'cpu',
) {
  const { forward, dispose } = await openNet(checkpoint, await onnxEngine({ dtype, device }));
  const answers = await forward(sequences);
  await dispose();
  return answers;
}

export function errorsOf(found: readonly ReadAnswers[], exact: readonly ReadAnswers[]): ForwardErrors {
  const rows = exact.flatMap((answers, s) =>
    [...answers.logprobs].map((logprob, r) => ({
      error: Math.abs(logprob - ((found[s] as ReadAnswers).logprobs[r] as number)),
      isOther: answers.best[r] !== (found[s] as ReadAnswers).best[r],
    })),
  );
  return {
    tokens: rows.length,
    mean: rows.reduce((sum, { error }) => sum + error, 0) / rows.length,
    most: rows.reduce((most, { error }) => Math.max(most, error), 0),
    otherBest: rows.filter(({ isOther }) => isOther).length,
  };
}
