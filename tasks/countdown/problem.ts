/**
 * Countdown: reach a target from given numbers with + - * /, each number used once. Rules of CD3, CD4 and CD5 (3, 4, 5 numbers).
 *
 * @source Stream of Search (Gandhi et al. 2024, arXiv:2404.03683); CD3 to CD5 with n - 1 equations as solution: Ye et al. 2024,
 *         arXiv:2410.14157
 */

/** How many numbers a problem has in CD3, CD4, CD5. */
export const SIZES = [3, 4, 5] as const;
export type Size = (typeof SIZES)[number];

export interface Problem {
  readonly numbers: readonly number[];
  readonly target: number;
}

/** `86,28,13,31,96`: the numbers, then the target. Three whole numbers or more of up to 9 digits; else null. */
export function parseProblem(input: string): Problem | null {
  if (!/^\d{1,9}(,\d{1,9}){2,}$/.test(input)) return null;
  const all = input.split(',').map(Number);
  return { numbers: all.slice(0, -1), target: all.at(-1) as number };
}

export const problemText = ({ numbers, target }: Problem): string => [...numbers, target].join(',');
