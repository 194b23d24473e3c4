import type { AlternativeScore, MonteCarlo, ViewResponse } from '../../core/response.ts';

export interface DerivedValues {
  readonly values: Readonly<Record<string, number>>;
  /** Monte-Carlo standard errors, where above 0. */
  readonly errors: Readonly<Record<string, number>>;
}

/**
 * Measured values of an item whose answer is chosen, finer than right or wrong:
 *
 *   goldNats    −log p of the right answer, or the bound of it, in nats summed over tokens; lower is better
 *   marginal    −log p of the right answer of a diffusion model itself; only where all its masks were run
 *   tube        bound of −log p of the right answer from below; where a bracket was asked for
 *   duel:RULE   the same under a deterministic sampler; where that was asked for
 *   goldMargin  by how many nats the right answer is ahead of the best other one; negative where it is behind; higher is better
 *
 * Errors of a margin are of independent draws, an upper bound where the alternatives share masks. null where there is no
 * alternative to the answer or no likelihood.
 */
export function derivedValues({ alternatives }: ViewResponse, gold: number): DerivedValues | null {
  const costs = alternatives.map(costOf);
  const own = costs[gold];
  let other: MonteCarlo | null = null;
  for (const [index, cost] of costs.entries()) {
    if (index !== gold && cost !== null && (other === null || cost.value < other.value)) other = cost;
  }
  if (own === undefined || own === null || other === null) return null;
  const errors: Record<string, number> = {};
  if (own.stderr > 0) errors.goldNats = own.stderr;
  const margin = Math.hypot(own.stderr, other.stderr);
  if (margin > 0) errors.goldMargin = margin;
  const exact = exactNats(alternatives[gold]);
  return { values: { goldNats: own.value, goldMargin: other.value - own.value, ...exact }, errors };
}

function exactNats(answer: AlternativeScore | undefined): DerivedValues['values'] {
  const found = Object.entries(answer?.quantities ?? {}).filter(([name]) => /^(marginal$|tube$|duel:)/.test(name));
  return Object.fromEntries(
    found.flatMap(([name, quantity]) => (quantity === undefined ? [] : [[name, quantity.value]])),
  );
}

/** Nats to be spent on an alternative: negative log-likelihood, NELBO, or where there is none the published score of the largest T. */
function costOf({ quantities }: AlternativeScore): MonteCarlo | null {
  const { loglikelihood, nelbo } = quantities;
  if (loglikelihood !== undefined) return { value: 0 - loglikelihood.value, stderr: loglikelihood.stderr };
  if (nelbo !== undefined) return nelbo;
  let best: { readonly steps: number; readonly quantity: MonteCarlo } | null = null;
  for (const [name, quantity] of Object.entries(quantities)) {
    const steps = Number(/^official@(\d+)$/.exec(name)?.[1] ?? Number.NaN);
    if (quantity !== undefined && steps > (best?.steps ?? 0)) best = { steps, quantity };
  }
  return best?.quantity ?? null;
}
