/** Rate of denoising a batch of canvases against the rate at which scoring runs its forwards, on the same machine in one run. */
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import { stream } from '../../src/core/numbers/random.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { openNet } from '../../src/lm/forward/forward.ts';
import { denoise } from '../../src/lm/writing/denoise.ts';
import type { DenoiseJob } from '../../src/lm/writing/denoise-job.ts';
import { proposerOf } from '../../src/lm/writing/proposer.ts';
import { resolveSampler, type SamplerOptions } from '../../src/lm/writing/sampler.ts';
import { proposalsProgram } from '../../src/programs/proposals.ts';
import { checkShapes } from '../../src/tensor/shapes.ts';
import { scoringLoad } from '../bench-scoring/forward-rate.ts';
import { secondsOf, verdict } from '../bench-scoring/workbench.ts';

/** Canvases that are written together, and tokens of each. */
export interface DenoisingLoad {
  readonly batch: number;
  readonly prompt: number;
  readonly newTokens: number;
  /** Tokens of the sequences that scoring is timed on. */
  readonly scored: number;
}

const PROMPTED: DenoisingLoad = { batch: 8, prompt: 64, newTokens: 128, scored: 128 };

/** 128 new tokens after 64 given ones, 8 canvases, by default. Scoring is timed before and after, and its better rate taken. */
export async function denoisingRate(
  checkpoint: Checkpoint,
  engine: Engine,
  options: SamplerOptions,
  target: number,
  load: DenoisingLoad = PROMPTED,
): Promise<string[]> {
  const sampler = resolveSampler(options);
  const denoiser = { maskId: checkpoint.options.maskId as number, shift: true, openFraction: 1 };
  const scoring = scoringLoad(checkpoint, load.scored);
  const net = await openNet(checkpoint, engine);
  const proposer = proposerOf(checkpoint, engine);
  await denoise(jobs(checkpoint, load, resolveSampler({ ...options, steps: 1 })), denoiser, proposer.propose); // warm
  const score = async () => scoring.flops / (await secondsOf(() => net.forward(scoring.sequences))) / 1e9;

  await score();
  const before = await score();
  const reads = new Array<number>(sampler.steps).fill(0);
  const seconds = await secondsOf(() =>
    denoise(
      jobs(checkpoint, load, sampler, (step, count) => {
        reads[step] = (reads[step] as number) + count;
      }),
      denoiser,
      proposer.propose,
    ),
  );
  const scoringRate = Math.max(before, await score());
  await Promise.all([net.dispose(), proposer.dispose()]);

  const flops = reads.filter((rows) => rows > 0).reduce((sum, rows) => sum + forwardFlops(checkpoint, load, rows), 0);
  const rate = flops / seconds / 1e9;
  const detail =
    `${rate.toFixed(0)} of ${scoringRate.toFixed(0)} GFLOP/s, ${(flops / 1e9).toFixed(0)} GFLOP in ${seconds.toFixed(1)} s, ` +
    `${((load.batch * load.newTokens) / seconds).toFixed(1)} new tokens/s`;
  const what = `denoising ${load.batch} x ${load.newTokens} tokens, T = ${sampler.steps}, ${sampler.tokens}: rate / scoring rate`;
  return [verdict(what, rate / scoringRate, target, detail)];
}

function jobs(
  checkpoint: Checkpoint,
  { batch, prompt, newTokens }: DenoisingLoad,
  sampler: DenoiseJob['sampler'],
  onReads: (step: number, count: number) => void = () => {},
): DenoiseJob[] {
  return Array.from({ length: batch }, (_, i): DenoiseJob => {
    const random = stream(1, 'bench-canvas', i);
    const ids = Int32Array.from({ length: prompt + newTokens }, (_token, at) =>
      Math.floor(random.uniform(at) * checkpoint.architecture.vocabularyRows),
    );
    const maskable = Array.from({ length: newTokens }, (_position, n) => prompt + n);
    const canvas = { key: `bench/${i}`, draw: 0, ids, maskable };
    return { canvas, sampler, onStep: ({ remaining, asked }) => onReads(remaining, asked.length) };
  });
}

/** Matrix products of one forward of all canvases that reads `rows` rows. */
function forwardFlops(checkpoint: Checkpoint, { batch, prompt, newTokens }: DenoisingLoad, rows: number): number {
  const L = prompt + newTokens;
  const shapes = new Map([...checkpoint.tensors].map(([name, { shape }]) => [name, shape]));
  const sizes = { N: batch * L, B: batch, L, R: rows, B·L: batch * L };
  return checkShapes(proposalsProgram(checkpoint.architecture), shapes, sizes).flops;
}
