/**
 * Texts written from masks alone, as `bench unconditional` writes them, against the passes that this takes, in one run: as many
 * forwards of as many tokens, with as many rows read, and nothing drawn.
 */
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import type { Seconds } from '../../src/core/units.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { openNet } from '../../src/lm/forward/forward.ts';
import { countingPositions, type Sequence } from '../../src/lm/forward/sequence.ts';
import { denoise } from '../../src/lm/writing/denoise.ts';
import type { DenoiseJob } from '../../src/lm/writing/denoise-job.ts';
import { proposerOf } from '../../src/lm/writing/proposer.ts';
import { resolveSampler } from '../../src/lm/writing/sampler.ts';
import { secondsOf, verdict } from '../bench-scoring/workbench.ts';

export interface TextLoad {
  /** Written in one call. */
  readonly texts: number;
  readonly length: number;
  readonly steps: number;
  readonly topP: number;
}

const TARGET = 0.8;
/** Of the steps, those whose passes are timed alone. */
const EVERY = 4;

export async function unconditionalRate(checkpoint: Checkpoint, engine: Engine, load: TextLoad): Promise<string> {
  const { texts, length, steps, topP } = load;
  const denoiser = { maskId: checkpoint.options.maskId as number, shift: true, openFraction: 1 };
  const net = await openNet(checkpoint, engine);
  const proposer = proposerOf(checkpoint, engine);
  await denoise(jobs(checkpoint, { ...load, texts: 1, steps: 1 }), denoiser, proposer.propose); // warm
  /** Rows that each pass reads, step by step. */
  const passes: number[][] = [];
  const writing = await secondsOf(() =>
    denoise(
      jobs(checkpoint, load, (step, count) => {
        passes[step] = [...(passes[step] ?? []), count];
      }),
      denoiser,
      proposer.propose,
    ),
  );
  const forward = await passesAlone(
    checkpoint,
    passes.filter((step) => step !== undefined),
    load,
    net.forward,
  );
  await Promise.all([net.dispose(), proposer.dispose()]);
  const count = passes.reduce((sum, step) => sum + (step?.length ?? 0), 0);
  const what = `${texts} x ${length} tokens from masks alone, T = ${steps}, top-p ${topP}: rate / that of the ${count} passes alone`;
  const detail = `${writing.toFixed(1)} s against ${forward.toFixed(1)} s of passes, ${((1000 * writing) / count).toFixed(0)} ms a pass`;
  return verdict(what, forward / writing, TARGET, detail);
}

/** Seconds of all passes, from those of every fourth step. */
async function passesAlone(
  checkpoint: Checkpoint,
  passes: readonly (readonly number[])[],
  { length }: TextLoad,
  forward: (sequences: readonly Sequence[]) => Promise<unknown>,
): Promise<Seconds> {
  const timed = passes.filter((_, step) => step % EVERY === 0);
  const sequenceOf = (reads: number, i: number): Sequence => ({
    ids: idsOf(checkpoint, length, i),
    positions: countingPositions(length),
    attention: { kind: 'full' },
    reads: Array.from({ length: reads }, (_, row) => ({ row, target: 0 })),
  });
  await forward([sequenceOf(1, 0)]); // warm
  let seconds = 0;
  for (const step of timed) seconds += await secondsOf(() => forward(step.map(sequenceOf)));
  const ofAll = passes.reduce((sum, step) => sum + step.length, 0);
  return (seconds * ofAll) / timed.reduce((sum, step) => sum + step.length, 0);
}

const idsOf = ({ architecture }: Checkpoint, length: number, text: number): Int32Array =>
  Int32Array.from({ length }, (_, i) => (i * 7919 + text * 104729) % architecture.vocabularyRows);

function jobs(
  checkpoint: Checkpoint,
  { texts, length, steps, topP }: TextLoad,
  onReads: (step: number, count: number) => void = () => {},
): DenoiseJob[] {
  const sampler = resolveSampler({ order: 'random-keep', steps, temperature: 1, topP });
  return Array.from({ length: texts }, (_, i): DenoiseJob => {
    const maskable = Array.from({ length: length - 1 }, (_position, n) => n + 1);
    const canvas = { key: `bench/${i}`, draw: 0, ids: idsOf(checkpoint, length, i), maskable };
    return { canvas, sampler, onStep: ({ remaining, asked }) => onReads(remaining, asked.length) };
  });
}
