import { describe, expect, it } from 'vitest';
import type { AlternativeScore } from '../core/response.ts';
import { choiceOf, costOf, maskingShare, type RankingRule } from './ranking-rule.ts';

const RULE: RankingRule = {
  weights: 'nelbo',
  per: 'answer',
  emptyStepsCount: false,
  steps: 32,
  bfloat16: false,
};
const causal = (tokenLogprobs: readonly number[]): AlternativeScore => ({
  tokens: tokenLogprobs.length,
  crossing: false,
  quantities: {},
  tokenLogprobs,
  exact: true,
  greedy: null,
});
const exact = (value: number) => ({ value, stderr: 0 });
/** The toy of protocol.md, section 13: the cross-entropy is 1 + k/2 when k of three tokens are masked. */
const toy: AlternativeScore = {
  tokens: 3,
  crossing: false,
  quantities: { nelbo: exact(6), 'official@32': exact(1.538818), 'official@1': exact(2.5) },
  exact: true,
  greedy: null,
};

it('knows the share of steps that mask anything (fact 2)', () => {
  const lengths = [1, 2, 3, 5, 10, 20, 40];
  const shown = (steps: number) => lengths.map((length) => maskingShare(length, steps).toFixed(3));
  expect(shown(32)).toEqual(['0.516', '0.682', '0.765', '0.849', '0.924', '0.966', '0.988']);
  expect(shown(8)).toEqual(['0.563', '0.727', '0.809', '0.889', '0.959', '0.991', '0.999']);
  expect(maskingShare(7, 1)).toBe(1);
});

describe('diffusion', () => {
  it('reads the bound, whole or a token', () => {
    expect(costOf(toy, RULE)).toBe(6);
    expect(costOf(toy, { ...RULE, per: 'token' })).toBe(2);
  });

  it('counts empty steps as 0: all of the published score is the product of both differences', () => {
    const share = maskingShare(3, 32);
    expect(costOf(toy, { ...RULE, per: 'token', emptyStepsCount: true })).toBeCloseTo(2 * share, 12);
    expect(costOf(toy, { ...RULE, weights: 'unweighted' })).toBeCloseTo(1.538818 / share, 12);
    expect(costOf(toy, { ...RULE, weights: 'unweighted', emptyStepsCount: true })).toBe(1.538818);
    expect(costOf(toy, { ...RULE, weights: 'unweighted', emptyStepsCount: true, steps: 1 })).toBe(2.5);
  });

  it('has no cost where the score lacks what the rule reads', () => {
    expect(costOf(toy, { ...RULE, weights: 'unweighted', steps: 8 })).toBeNull();
  });
});

describe('autoregressive', () => {
  it('T22: the mean picks the one, the sum the other', () => {
    const answers = [causal([-1, -1, -1]), causal([-1.4, -1.4])];
    const choice = (per: RankingRule['per']) => choiceOf(answers.map((answer) => costOf(answer, { ...RULE, per })));
    expect([choice('token'), choice('answer')]).toEqual([0, 1]);
  });

  it('T23: bfloat16 makes a tie, which the first answer wins', () => {
    const answers = [causal([-3.2101]), causal([-3.2031])];
    const choice = (bfloat16: boolean) => choiceOf(answers.map((answer) => costOf(answer, { ...RULE, bfloat16 })));
    expect([choice(false), choice(true)]).toEqual([1, 0]);
  });
});

it('chooses nothing where an alternative has no cost', () => {
  expect(choiceOf([1, null])).toBeNull();
});
