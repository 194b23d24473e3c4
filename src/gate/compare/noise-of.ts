import { noiseOfItems } from '../../stats/clustered/clustered-noise-budget.ts';
import type { NoiseBudget } from '../../stats/noise-budget.ts';
import type { ItemValue } from '../../stats/paired-values.ts';
import { type Lead, rightnessDeviation, type Undecided, undecided } from '../../stats/undecided.ts';
import type { Measured } from '../measured/measured.ts';

export interface MeasuredNoise {
  readonly metric: string;
  readonly budget: NoiseBudget;
  /** null where nothing is chosen, or the noise was not kept. */
  readonly undecided: Undecided | null;
}

/**
 * Noise budget of a metric's mean. An accuracy's Monte-Carlo error comes from the chance that a right answer and the next
 * change places, a coin of variance p (1 − p); a measured value's from its own standard error.
 *
 * @param seeds the same model on the same task under other seeds
 * @returns null for fewer than two scored items, and for a baseline, which keeps no noise
 */
export function noiseOf(run: Measured, metric: string, seeds: readonly Measured[] = []): MeasuredNoise | null {
  const items: ItemValue[] = [];
  const monteCarlo: number[] = [];
  const leads: Lead[] = [];
  for (const { id, cluster, values: own, noise } of run.items) {
    const value = own?.[metric];
    if (value === undefined) continue;
    if (noise === null) return null;
    items.push({ id, value, cluster });
    monteCarlo.push(
      metric !== 'acc' ? (noise.errors[metric] ?? 0) : noise.lead === null ? 0 : rightnessDeviation(noise.lead),
    );
    if (noise.lead !== null) leads.push(noise.lead);
  }
  if (items.length < 2) return null;
  const means = [run, ...seeds].flatMap(({ summary }) => summary.metrics[metric]?.value ?? []);
  const budget = noiseOfItems(items, monteCarlo, means.length < 2 ? null : means);
  return { metric, budget, undecided: leads.length === 0 ? null : undecided(leads) };
}
