import { getOrInsert } from '../core/collect.ts';
import type { Estimate } from '../core/estimate.ts';

/**
 * Estimates of one run with intervals that rise where the values must, item by item: pass@k with k, for each T and view by
 * itself. See `monotoneEnds`.
 */
export function monotoneFamilies(metrics: Readonly<Record<string, Estimate>>): Readonly<Record<string, Estimate>> {
  const families = new Map<string, { readonly name: string; readonly k: number }[]>();
  for (const name of Object.keys(metrics)) {
    const [, k, rest] = /^pass@(\d+)(.*)$/.exec(name) ?? [];
    if (k === undefined || rest === undefined) continue;
    getOrInsert(families, rest, () => []).push({ name, k: Number(k) });
  }
  const changed = [...families.values()].flatMap((family) => {
    const names = family.sort((a, b) => a.k - b.k).map(({ name }) => name);
    const estimates = monotoneEnds(names.map((name) => metrics[name] as Estimate));
    return names.map((name, i) => [name, estimates[i] as Estimate] as const);
  });
  return { ...metrics, ...Object.fromEntries(changed) };
}

/**
 * Intervals of a family whose values rise from one to the next item by item (pass@1, pass@2, …), widened where needed so that
 * their ends rise too: a low end is no higher than those after it, a high end no lower than those before it. Only widens, so
 * that no interval covers less.
 */
export const monotoneEnds = (family: readonly Estimate[]): readonly Estimate[] =>
  family.map((estimate, at) => ({
    ...estimate,
    low: Math.min(...family.slice(at).map(({ low }) => low)),
    high: Math.max(...family.slice(0, at + 1).map(({ high }) => high)),
  }));
