/** The learning rate of each step: a linear warm-up, then a cosine to a floor, or constant. */
import type { Fraction } from '../core/units.ts';

export const SCHEDULES = ['cosine', 'constant'] as const;

export interface LearningRateSchedule {
  readonly kind: (typeof SCHEDULES)[number];
  readonly peak: number;
  /** Steps until the peak is reached; 0: from the first step. */
  readonly warmup: number;
  /** Share of the peak at the end of the cosine. */
  readonly floor: Fraction;
  readonly steps: number;
}

/** @param step finished steps, from 0 */
export function learningRateAt(step: number, { kind, peak, warmup, floor, steps }: LearningRateSchedule): number {
  if (step < warmup) return (peak * (step + 1)) / warmup;
  if (kind === 'constant') return peak;
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  return peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress)));
}
