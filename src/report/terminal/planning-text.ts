/** How shares and the order of writing are spelt. */
import type { Estimate } from '../../core/estimate.ts';
import type { PlanningName } from '../../metrics/planning.ts';
import { estimateText } from '../view/metric-text.ts';

/** A correlation as it is, a share in percent; with the interval. */
export function planningText(name: PlanningName | 'recovered', estimate: Estimate): string {
  if (name !== 'order') return estimateText('acc', 'diffusion', estimate);
  const [value, low, high] = [estimate.value, estimate.low, estimate.high].map((x) => x.toFixed(2));
  return `${value} [${low}, ${high}]`;
}
