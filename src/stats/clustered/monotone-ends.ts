import type { Estimate } from '../../core/estimate.ts';

/**
 * Intervals of a family whose values rise from one to the next item by item (pass@1, pass@2, …), widened where needed so that
 * their ends rise too: a low end is no higher than those after it, a high end no lower than those before it. Only widens, so
 * that no interval covers less.
 */
export function monotoneEnds(family: readonly Estimate[]): readonly Estimate[] {
  const lows = family.map(({ low }) => low);
  for (let i = lows.length - 2; i >= 0; i--) lows[i] = Math.min(lows[i]!, lows[i + 1]!);
  let highest = Number.NEGATIVE_INFINITY;
  return family.map((estimate, i) => {
    highest = Math.max(highest, estimate.high);
    return { ...estimate, low: lows[i]!, high: highest };
  });
}
