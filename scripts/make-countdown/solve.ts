/** The solution that published Countdown rows carry: the first one that a depth-first search meets. */
import type { Problem } from '../../tasks/countdown/problem.ts';

/** `a sign b`, and what it gives. */
type Equation = readonly [a: number, sign: string, b: number, result: number];

/**
 * Depth first over pairs i < j in list order, for each + * - / in this order; the result goes to the end of the list.
 * Differences are never negative, quotients whole. All numbers are used.
 *
 * @returns equations joined by commas, such as `86+28=114,31-13=18,114-18=96`; null where there is no solution
 * @throws RangeError where products could leave the whole numbers that a double holds exactly
 */
export function firstSolution({ numbers, target }: Problem): string | null {
  const largest = numbers.reduce((product, number) => product * Math.max(number, 2), 1);
  if (largest > Number.MAX_SAFE_INTEGER) throw new RangeError(`firstSolution: ${numbers.join()} multiply too high`);
  const found = search(numbers, target);
  return found === null ? null : found.map(([a, sign, b, result]) => `${a}${sign}${b}=${result}`).join(',');
}

/** The equations that lead to the target, in order. */
function search(numbers: readonly number[], target: number): readonly Equation[] | null {
  if (numbers.length === 1) return numbers[0] === target ? [] : null;
  for (let i = 0; i < numbers.length; i++) {
    for (let j = i + 1; j < numbers.length; j++) {
      const rest = numbers.filter((_, at) => at !== i && at !== j);
      for (const equation of equations(numbers[i] as number, numbers[j] as number)) {
        const found = search([...rest, equation[3]], target);
        if (found !== null) return [equation, ...found];
      }
    }
  }
  return null;
}

/** Sum and product in list order, difference and quotient with the larger number first. */
function equations(a: number, b: number): readonly Equation[] {
  const [large, small] = a >= b ? [a, b] : [b, a];
  const found: Equation[] = [
    [a, '+', b, a + b],
    [a, '*', b, a * b],
    [large, '-', small, large - small],
  ];
  if (small !== 0 && large % small === 0) found.push([large, '/', small, large / small]);
  return found;
}
