/** The random part of a training step. Every draw is named by seed, purpose, step and sequence: resuming changes nothing. */
import { stream } from '../../core/numbers/random.ts';
import type { Fraction } from '../../core/units.ts';
import { annealedAttention } from '../../lm/likelihood/noised-input.ts';
import { annealedOpenFraction } from '../annealing.ts';
import {
  causalBatch,
  type DiffusionRecipe,
  diffusionBatch,
  maskablePositions,
  type Noise,
  type Recipe,
} from '../recipe.ts';
import type { TrainingBatch } from '../trainable.ts';
import type { TrainingRow } from './training-row.ts';

/** Smallest t that is drawn: bounds the weight 1/t. */
export const LEAST_TIME: Fraction = 1e-3;

/** Which micro-batch of which step is drawn. */
export interface BatchPlace {
  readonly seed: number;
  /** Finished optimizer steps. */
  readonly step: number;
  /** Number of the micro-batch in its step, and how many there are. */
  readonly micro: number;
  readonly micros: number;
}

export function drawBatch(rows: readonly TrainingRow[], recipe: Recipe, place: BatchPlace): TrainingBatch {
  const share = 1 / place.micros;
  if (recipe.kind === 'autoregressive') return causalBatch(rows, share);
  return diffusionBatch(rows, drawNoise(rows, recipe, place), recipe, share);
}

/** t and mask of each row, and the attention that all of them share: each future entry is open with the annealed share. */
export function drawNoise(
  rows: readonly TrainingRow[],
  recipe: DiffusionRecipe,
  { seed, step, micro }: BatchPlace,
): Noise {
  const sequence = (b: number) => micro * rows.length + b;
  const times = rows.map((_, b) => {
    const u = stream(seed, 'time', step, sequence(b)).uniform(0);
    return LEAST_TIME + (1 - LEAST_TIME) * (recipe.stratified ? (b + u) / rows.length : u);
  });
  const masked = rows.map((row, b) => {
    const random = stream(seed, 'mask', step, sequence(b));
    return maskablePositions(row, recipe).filter((position) => random.uniform(position) < (times[b] as number));
  });
  const open = annealedOpenFraction(step, Math.max(1, recipe.annealSteps));
  const attention = annealedAttention(rows[0]?.ids.length ?? 0, open, seed, 'training', step, micro);
  return { times, masked, attention };
}
