import type { Nats } from '../../src/core/units.ts';
import type { OfficialStep } from '../../src/lm/likelihood/official.ts';

/** The weighted value (T/t) that the published code computes and does not return. `steps[0]` is t = T. */
export function officialWeightedScore(steps: readonly OfficialStep[]): Nats {
  const T = steps.length;
  const weighted = steps.map(({ sum, count }, i) => (count === 0 ? 0 : (sum / count) * (T / (T - i))));
  return weighted.reduce((total, value) => total + value, 0) / T;
}
