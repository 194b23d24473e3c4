/**
 * A bound of −log p(x) from below, beside NELBO from above: the logarithm lies under its tangents, so for every ψ > 0
 *
 *   log p ≤ log ψ + p/ψ − 1,
 *
 * and the mean over drawn orders of the product of the true tokens' probabilities, one token a step, is an unbiased estimate of p.
 * ψ must not depend on the draws that it is used with: each half of the orders gives the other its ψ.
 *
 * @source TUBE, arXiv 2605.24292
 */
import { stream } from '../../core/numbers/random.ts';
import type { MonteCarlo } from '../../core/response.ts';
import type { Nats } from '../../core/units.ts';
import type { PassPool, Ticket } from '../forward/pass-pool.ts';
import { type BoundPlan, requestMasked } from './bound.ts';
import type { Denoiser } from './noised-input.ts';

/** For each order, the pass of each token. */
export type TubePlan = readonly (readonly Ticket[])[];

/** Asks `pool` for the passes of `orders` orders; masks that orders share are run once. `key` names the question. */
export function planTube(
  part: Pick<BoundPlan, 'lowered' | 'scorable'>,
  orders: number,
  key: string,
  denoiser: Denoiser,
  seed: number,
  pool: PassPool,
): TubePlan {
  const { scorable } = part;
  return Array.from({ length: orders }, (_, draw) => {
    const random = stream(seed, 'tube', key, draw);
    const ranks = new Map(scorable.map((position, offset) => [position, random.uniform(offset)]));
    const order = scorable.toSorted((a, b) => (ranks.get(a) as number) - (ranks.get(b) as number) || a - b);
    return order.map((position, step) => {
      const masked = order.slice(step).sort((a, b) => a - b);
      return requestMasked(part, masked, denoiser, seed, key, draw, pool, [position]);
    });
  });
}

/** The bound from below in nats, with its Monte-Carlo error. */
export function scoreTube(plan: TubePlan, pool: PassPool): MonteCarlo {
  const logs = plan.map((tickets) =>
    tickets.reduce((sum, ticket) => sum + (pool.readings(ticket)[0]?.logprob as number), 0),
  );
  const half = Math.floor(logs.length / 2);
  const halves = [logs.slice(0, half), logs.slice(half)] as const;
  const found = [tangent(halves[0], halves[1]), tangent(halves[1], halves[0])] as const;
  return {
    value: -(found[0].value + found[1].value) / 2,
    stderr: Math.hypot(found[0].stderr, found[1].stderr) / 2,
  };
}

/** log ψ + mean(p)/ψ − 1 over `drawn`. */
function tangent(pilot: readonly Nats[], drawn: readonly Nats[]): MonteCarlo {
  const logPsi = pilotOf(pilot);
  const quotients = drawn.map((log) => Math.exp(log - logPsi));
  const mean = quotients.reduce((sum, quotient) => sum + quotient, 0) / quotients.length;
  const squares = quotients.reduce((sum, quotient) => sum + (quotient - mean) ** 2, 0);
  return { value: logPsi + mean - 1, stderr: Math.sqrt(squares / (quotients.length - 1) / quotients.length) };
}

/**
 * log ψ: what log p would be were the logarithms of products normal, μ + σ²/2, and no less than the largest of them. Too large a ψ costs
 * its logarithm, too small a one the quotient: orders that are rare and likely, which few draws meet, must not blow it up.
 */
function pilotOf(logs: readonly Nats[]): Nats {
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1);
  return Math.max(mean + variance / 2, ...logs);
}
