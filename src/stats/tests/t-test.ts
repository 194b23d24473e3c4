import type { Fraction } from '../../core/units.ts';
import { incompleteBeta } from '../distributions/special-functions.ts';
import { standardError } from '../standard-error.ts';
import { mean } from '../sum.ts';
import type { Alternative } from './alternative.ts';

/**
 * p-value of Student's t test that the mean of paired differences is zero. Differences that are all equal give 1 where they are
 * zero, else 0 on their side.
 *
 * @throws RangeError on fewer than two differences
 * @source Student 1908, "The probable error of a mean"
 */
export function tTest(differences: readonly number[], alternative: Alternative = 'two-sided'): Fraction {
  const [value, stderr] = [mean(differences), standardError(differences)];
  const degrees = differences.length - 1;
  const beyond = stderr === 0 ? Number(value === 0) : incompleteBeta(degrees / 2, 0.5, tail(value / stderr, degrees));
  if (alternative === 'two-sided') return beyond;
  const isOnItsSide = alternative === 'less' ? value <= 0 : value >= 0;
  if (stderr === 0) return value === 0 ? 1 : isOnItsSide ? 0 : 1;
  return isOnItsSide ? beyond / 2 : 1 - beyond / 2;
}

const tail = (t: number, degrees: number): number => degrees / (degrees + t * t);
