/** Likelihoods of autoregressive models are exact: what stands beside the exact values of a diffusion model, like with like. */
import type { Family } from '../core/names.ts';

/** Exact values of diffusion models, those under deterministic samplers as `marginal` and `accExact` -> where autoregressive models have theirs; `nll` of one answer, `goldNats` of the right one of several. */
const COUNTERPARTS: Readonly<Record<string, readonly string[]>> = {
  accExact: ['acc'],
  exactBitsPerByte: ['bitsPerByte'],
  marginal: ['nll', 'goldNats'],
};

/** The name under which a run of a family has the values of a metric; null where it has none. */
export function heldUnder(metric: string, family: Family, has: (name: string) => boolean): string | null {
  if (has(metric)) return metric;
  if (family === 'diffusion') return null;
  const exact = metric.replace(/^duel:[^@]+$/, 'marginal').replace(/^accDuel:[^@]+$/, 'accExact');
  return COUNTERPARTS[exact]?.find(has) ?? null;
}
