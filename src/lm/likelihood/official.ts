/**
 * The published likelihood score, as released: at each step t = T … 1 every maskable position is masked with probability
 * t/T, the cross-entropy of all positions **whose input is the mask id** (also clean tokens that happen to have it) is
 * averaged, empty steps count as 0, and the plain mean over steps is returned. Unlike the published code it is seeded.
 *
 * @source `eval_forward` of HKUNLP/DiffuLLaMA at c17e897; quirks Q1-Q3 and Q27 of the project's register
 */
import { stream } from '../../core/numbers/random.ts';
import type { Nats } from '../../core/units.ts';

/** Which positions step t masks: `u < t/T` in float32, drawn afresh for every step. At t = T all are masked. */
export function officialMask(
  maskable: readonly number[],
  t: number,
  steps: number,
  seed: number,
  ...keys: readonly (string | number)[]
): readonly number[] {
  const rate = Math.fround(t / steps);
  const random = stream(seed, 'official', ...keys, t);
  return maskable.filter((position) => random.uniform(position) < rate);
}

/** Positions that the step scores: those whose input id is the mask id. */
export function officialScored(ids: Int32Array, masked: readonly number[], maskId: number): readonly number[] {
  const isMasked = new Set(masked);
  return Array.from(ids.keys()).filter((position) => isMasked.has(position) || ids[position] === maskId);
}

/** Sum of cross-entropies and number of scored tokens of one step. */
export interface OfficialStep {
  readonly sum: Nats;
  readonly count: number;
}

/** Mean over steps of each step's mean cross-entropy, empty steps counting 0; nats, lower is better. */
export function officialScore(steps: readonly OfficialStep[]): Nats {
  return steps.reduce((total, { sum, count }) => total + (count === 0 ? 0 : sum / count), 0) / steps.length;
}
