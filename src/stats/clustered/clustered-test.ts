import type { Fraction } from '../../core/units.ts';
import { incompleteBeta } from '../distributions/special-functions.ts';
import type { Alternative } from '../tests/mcnemar.ts';
import { type ClusterLayout, clusterMean, effectiveItems } from './cluster-layout.ts';

/**
 * p-value of no mean difference between paired values in 0..1, by inverting `boundedDifference`: at most 0.05 exactly where the
 * 95 % interval leaves 0 out. The statistic is z² = 2 d² / (V + √(V² + 4 d² / n²)), d² / V where V is not small against d / n,
 * and n |d| where all differences are equal; referred to Student's t.
 *
 * @returns 1 where there is one cluster only
 * @source as `boundedDifference`; Bell and McCaffrey 2002 for the degrees of freedom
 */
export function clusteredTest(
  layout: ClusterLayout,
  differences: ArrayLike<number>,
  alternative: Alternative = 'two-sided',
): Fraction {
  const mean = clusterMean(layout, differences);
  const { value, variance, degrees } = mean;
  if (layout.count < 2 || value === 0) return alternative === 'two-sided' || layout.count < 2 ? 1 : 0.5;
  const items = effectiveItems(layout, mean, [-1, 1]);
  const worth = variance === 0 ? items : Math.min(items, (1 - value * value) / variance);
  const square = (2 * value * value) / (variance + Math.hypot(variance, (2 * value) / worth));
  const beyond = incompleteBeta(degrees / 2, 0.5, degrees / (degrees + square));
  if (alternative === 'two-sided') return beyond;
  return value > 0 === (alternative === 'greater') ? beyond / 2 : 1 - beyond / 2;
}
