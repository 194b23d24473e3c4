import type { Fraction } from '../../core/units.ts';
import { incompleteBeta } from '../distributions/special-functions.ts';
import { mean, standardError } from '../sum.ts';
import type { Alternative } from './mcnemar.ts';

/**
 * p-value of Student's t test that the mean of paired differences is zero. Differences that are all equal have no spread to
 * judge by: they give 1 where they are zero, else what their signs alone say, 2^(1 − n).
 *
 * @throws RangeError on fewer than two differences
 * @source Student 1908, "The probable error of a mean"
 */
export function tTest(differences: readonly number[], alternative: Alternative = 'two-sided'): Fraction {
  const [value, stderr] = [mean(differences), standardError(differences)];
  const degrees = differences.length - 1;
  if (value === 0 && stderr === 0) return 1;
  const beyond = stderr === 0 ? 2 ** -degrees : incompleteBeta(degrees / 2, 0.5, tail(value / stderr, degrees));
  if (alternative === 'two-sided') return beyond;
  const isOnItsSide = alternative === 'less' ? value <= 0 : value >= 0;
  return isOnItsSide ? beyond / 2 : 1 - beyond / 2;
}

const tail = (t: number, degrees: number): number => degrees / (degrees + t * t);
