import type { Estimate } from '../../core/estimate.ts';
import type { Fraction } from '../../core/units.ts';
import { sum } from '../sum.ts';
import { meanInterval } from './mean-interval.ts';
import { wilsonInterval } from './wilson-interval.ts';

/**
 * Mean of one metric over items, with the interval that suits its values: Wilson where every value is 0 or 1, Student t
 * otherwise. `method` names the choice.
 *
 * @param values one number an item, all finite
 * @param unscored items that were left out because they could not be scored
 * @throws RangeError on no values or on a value that is not finite
 */
export function estimateMetric(values: readonly number[], confidence: Fraction = 0.95, unscored = 0): Estimate {
  if (values.length === 0) throw new RangeError('estimateMetric: needs at least one value, got none');
  const strange = values.findIndex((value) => !Number.isFinite(value));
  if (strange >= 0) throw new RangeError(`estimateMetric: value ${strange} is ${values[strange]}, not a finite number`);
  if (values.every((value) => value === 0 || value === 1)) {
    return wilsonInterval(sum(values), values.length, confidence, unscored);
  }
  return meanInterval(values, confidence, unscored);
}
