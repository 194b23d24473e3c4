/** The official procedure (`official.ts`) on one answer: which passes it takes, and its score from them. */
import { notSupported } from '../../core/errors.ts';
import type { ScoringSettings } from '../../core/model.ts';
import type { Quantity } from '../../core/response.ts';
import type { PassPool, Ticket } from '../forward/pass-pool.ts';
import type { Lowered } from '../lowering/lowered.ts';
import type { ScoredAlternative } from './bound.ts';
import { type Combination, estimate } from './elbo.ts';
import { annealedAttention, type Denoiser, noiseAtShare, noisedInput } from './noised-input.ts';
import { officialMask, officialScored } from './official.ts';

/** For each T, the pass of each step t = T … 1; null for a step that scores no token. */
export interface OfficialPlan {
  readonly lowered: Lowered;
  readonly steps: readonly { readonly T: number; readonly tickets: readonly (Ticket | null)[] }[];
}

/** Asks `pool` for the passes. `key` names question and alternative: the official masks are fresh for each choice. */
export function planOfficial(
  lowered: Lowered,
  key: string,
  denoiser: Denoiser,
  settings: Pick<ScoringSettings, 'steps' | 'seed'>,
  pool: PassPool,
): OfficialPlan {
  const { seed } = settings;
  if (denoiser.blockLength !== undefined) {
    const what = 'the published score masks a whole answer at once';
    const hint = 'score it under --protocol canonical, whose bound goes block by block';
    throw notSupported(`${what}, and this model denoises blocks of ${denoiser.blockLength} tokens`, hint);
  }
  const ticket = (T: number, t: number): Ticket | null => {
    const masked = officialMask(lowered.scored, t, T, seed, key, T);
    const asked = officialScored(lowered.ids, masked, denoiser.maskId);
    const attention = annealedAttention(lowered.ids.length, denoiser.openFraction, seed, key, T, t);
    const noise = noiseAtShare(denoiser, t / T);
    const sequence = { ...noisedInput(lowered.ids, masked, asked, denoiser, attention), ...noise };
    if (sequence.reads.length === 0) return null;
    return pool.request(sequence, attention.kind === 'matrix' ? `matrix ${T} ${t}` : attention.kind);
  };
  const steps = settings.steps.map((T) => ({ T, tickets: Array.from({ length: T }, (_, i) => ticket(T, T - i)) }));
  return { lowered, steps };
}

/**
 * The score and an upper estimate of its Monte-Carlo error. One draw a step leaves no replicate, so neighbouring steps
 * are paired as if they were draws of one stratum, which can only overstate the error.
 *
 * @source Cochran 1977, *Sampling Techniques*, section 5A.12 (collapsed strata)
 */
export function scoreOfficial(plan: OfficialPlan, pool: PassPool): ScoredAlternative {
  const combinations = new Map<Quantity, Combination>();
  for (const { T, tickets } of plan.steps) {
    const values = tickets.map((ticket) => {
      if (ticket === null) return 0;
      const readings = pool.readings(ticket);
      return -readings.reduce((sum, { logprob }) => sum + logprob, 0) / readings.length / T;
    });
    // t = T masks everything and is exact. It stays out where the others pair up, else it is the partner of t = T − 1.
    const fixed = T % 2;
    const exact = values.slice(0, fixed).reduce((sum, value) => sum + value, 0);
    combinations.set(`official@${T}`, { exact, draws: values.slice(fixed) });
  }
  const quantities = Object.fromEntries([...combinations].map(([name, combination]) => [name, estimate(combination)]));
  const { scored, crossing } = plan.lowered;
  return { combinations, score: { tokens: scored.length, crossing, quantities, exact: false, greedy: null } };
}
