/** How the answers of a question are ranked: pure functions of the scores that one set of passes gave. */
import { roundToBfloat16 } from '../core/numbers/bfloat16.ts';
import type { AlternativeScore, Quantity } from '../core/response.ts';

export interface RankingRule {
  /** `nelbo`: the bound; `unweighted`: mean cross-entropy of the masked tokens, over steps that mask any. Diffusion only. */
  readonly weights: 'nelbo' | 'unweighted';
  readonly per: 'answer' | 'token';
  /** A step that masks nothing counts as 0 in the mean over T steps: multiplies the score by the share of steps that mask. */
  readonly emptyStepsCount: boolean;
  readonly steps: number;
  /** Log-probabilities, and what is made of them, in bfloat16. Autoregressive only. */
  readonly bfloat16: boolean;
}

/** Nats, lower is better; null where the score lacks what the rule reads. */
export function costOf(score: AlternativeScore, rule: RankingRule): number | null {
  if (score.tokenLogprobs !== undefined) return causalCost(score.tokenLogprobs, rule);
  const share = maskingShare(score.tokens, rule.steps);
  const scale = rule.emptyStepsCount ? share : 1;
  if (rule.weights === 'nelbo') {
    const nelbo = score.quantities.nelbo?.value;
    return nelbo === undefined ? null : (scale * nelbo) / (rule.per === 'token' ? score.tokens : 1);
  }
  const name: Quantity = `official@${rule.steps}`;
  const official = score.quantities[name]?.value;
  return official === undefined ? null : (scale / share) * official;
}

function causalCost(logprobs: readonly number[], { per, bfloat16 }: RankingRule): number {
  const round = bfloat16 ? roundToBfloat16 : (x: number) => x;
  const sum = logprobs.reduce((total, logprob) => total + round(logprob), 0);
  return -round(per === 'token' ? sum / logprobs.length : sum);
}

/**
 * Expected share of the steps t = 1 … T that mask at least one of `tokens`: each is masked with probability t/T.
 *
 * @source protocol.md, fact 2: 0.516 for one token at T = 32
 */
export function maskingShare(tokens: number, steps: number): number {
  let empty = 0;
  for (let t = 1; t <= steps; t++) empty += (1 - t / steps) ** tokens;
  return 1 - empty / steps;
}

/** The alternative of least cost, the first on ties; null where one has no cost. */
export function choiceOf(costs: readonly (number | null)[]): number | null {
  if (costs.some((cost) => cost === null)) return null;
  return costs.indexOf(Math.min(...(costs as readonly number[])));
}
