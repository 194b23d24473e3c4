import type { Estimate } from '../core/estimate.ts';
import { layoutOf } from '../stats/clustered/cluster-layout.ts';
import { type EstimateOptions, estimateItems } from '../stats/clustered/estimate-items.ts';
import type { ItemValue } from '../stats/paired-values.ts';
import { areShares } from './metric-spec.ts';

/** The mean of a metric over items, with the interval that suits its values and the items' clusters. @throws RangeError on no items */
export function estimateMetric(
  metric: string,
  items: readonly ItemValue[],
  options: Omit<EstimateOptions, 'isBounded'> = {},
): Estimate {
  const values = items.map(({ value }) => value);
  return estimateItems(layoutOf(items), values, { ...options, isBounded: areShares(metric, values) });
}
