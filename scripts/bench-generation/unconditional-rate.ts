/**
 * Texts written from masks alone, as `bench unconditional` writes them, against the passes that this takes: the forwards of every
 * fourth step, of the same sequences with the same rows read and nothing drawn, are timed right before the step itself.
 */
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { openNet } from '../../src/lm/forward/forward.ts';
import type { Forward } from '../../src/lm/forward/sequence.ts';
import { asSequence } from '../../src/lm/writing/asking/lane.ts';
import { denoise } from '../../src/lm/writing/denoise.ts';
import type { DenoiseJob } from '../../src/lm/writing/denoise-job.ts';
import type { Propose } from '../../src/lm/writing/proposal.ts';
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
  const opened = await openNet(checkpoint, engine);
  const proposer = proposerOf(checkpoint, engine);
  const warm = passesBeside(opened.forward, proposer.propose);
  await denoise(jobs(checkpoint, { ...load, texts: 1, steps: 1 }), denoiser, warm.propose);
  const beside = passesBeside(opened.forward, proposer.propose);
  const both = await secondsOf(() => denoise(jobs(checkpoint, load), denoiser, beside.propose));
  await Promise.all([opened.dispose(), proposer.dispose()]);
  const { passes, timed, seconds } = beside.found();
  const writing = both - seconds;
  const alone = (seconds * passes) / timed;
  const { layers, width, vocabularyRows } = checkpoint.architecture;
  const net = `${layers} layers of ${width}, ${vocabularyRows} tokens`;
  const what = `${net}: ${texts} x ${length} from masks alone, T = ${steps}, top-p ${topP}: rate / that of the ${passes} passes alone`;
  const detail = `${writing.toFixed(1)} s against ${alone.toFixed(1)} s, ${((1000 * writing) / passes).toFixed(0)} ms a pass`;
  return verdict(what, alone / writing, TARGET, detail);
}

/** Before every fourth step, the same sequences through the network alone. */
function passesBeside(forward: Forward, proposed: Propose) {
  let [step, passes, timed, seconds] = [0, 0, 0, 0];
  const propose: Propose = async (requests) => {
    if (step % EVERY === 0) {
      seconds += await secondsOf(() => forward(requests.map(asSequence)));
      timed += requests.length;
    }
    step += 1;
    passes += requests.length;
    return proposed(requests);
  };
  return { propose, found: () => ({ passes, timed, seconds }) };
}

function jobs({ architecture }: Checkpoint, { texts, length, steps, topP }: TextLoad): DenoiseJob[] {
  const sampler = resolveSampler({ order: 'random-keep', steps, temperature: 1, topP });
  return Array.from({ length: texts }, (_, i): DenoiseJob => {
    const maskable = Array.from({ length: length - 1 }, (_position, n) => n + 1);
    const ids = Int32Array.from({ length }, (_id, n) => (n * 7919 + i * 104729) % architecture.vocabularyRows);
    return { canvas: { key: `bench/${i}`, draw: 0, ids, maskable }, sampler };
  });
}
