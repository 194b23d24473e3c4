/** Networks written as functions, so that the real planning and estimating code can be checked against arithmetic. */

import { PassPool } from '../../src/lm/forward/pass-pool.ts';
import type { Forward, Read, Sequence } from '../../src/lm/forward/sequence.ts';
import { planBound, type ScoredAlternative, scoreBound } from '../../src/lm/likelihood/bound.ts';
import type { Denoiser } from '../../src/lm/likelihood/noised-input.ts';
import { planOfficial, scoreOfficial } from '../../src/lm/likelihood/official-plan.ts';
import type { Lowered } from '../../src/lm/lowering/lowered.ts';

/** The network whose output at each read has the given cross-entropy, in nats. It never calls a target the best token. */
export function scriptedForward(crossEntropy: (sequence: Sequence, read: Read) => number): Forward {
  return async (sequences) =>
    sequences.map((sequence) => ({
      logprobs: Float32Array.from(sequence.reads, (read) => 0 - crossEntropy(sequence, read)),
      best: new Int32Array(sequence.reads.length).fill(-1),
      bestLogprobs: new Float32Array(sequence.reads.length),
    }));
}

interface Settings {
  readonly steps: readonly number[];
  readonly passes: number;
  readonly seed: number;
}

/** One answer by the bound, alone. */
export async function boundOf(
  lowered: Lowered,
  denoiser: Denoiser,
  settings: Settings,
  forward: Forward,
  key = 'question',
): Promise<ScoredAlternative> {
  const pool = new PassPool();
  const bound = planBound(lowered, key, denoiser, settings, pool);
  await PassPool.run([pool], forward);
  return scoreBound(bound, settings.steps, pool);
}

/** One answer by the official procedure, alone. */
export async function officialOf(
  lowered: Lowered,
  denoiser: Denoiser,
  settings: Settings,
  forward: Forward,
  key = 'question',
): Promise<ScoredAlternative> {
  const pool = new PassPool();
  const plan = planOfficial(lowered, key, denoiser, settings, pool);
  await PassPool.run([pool], forward);
  return scoreOfficial(plan, pool);
}

/** A context of one token and an answer of `length`, ids 1 … length + 1. */
export function answerOf(length: number): Lowered {
  return {
    ids: Int32Array.from({ length: length + 1 }, (_, i) => i + 1),
    scored: Array.from({ length }, (_, i) => i + 1),
    crossing: false,
  };
}
