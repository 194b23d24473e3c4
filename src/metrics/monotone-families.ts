import { getOrInsert } from '../core/collect.ts';
import type { Estimate } from '../core/estimate.ts';
import { monotoneEnds } from '../stats/clustered/monotone-ends.ts';

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
