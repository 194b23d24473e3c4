import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NORMALISATIONS, type RankingName } from '../../core/response.ts';
import { estimate } from './elbo.ts';
import { type Contender, rank } from './ranking.ts';

const exactly = (exact: number, tokens = 1, answer = 'a'): Contender => ({
  combination: { exact, draws: [] },
  tokens,
  answer,
});

describe('a ranking', () => {
  it('divides by tokens, by UTF-8 bytes or by code points of the answer', () => {
    // 'né' has 2 code points and 3 bytes, '🦙🦙' 2 code points, 4 UTF-16 units and 8 bytes.
    const contenders = [exactly(6, 3, 'né'), exactly(8, 5, '🦙🦙')];
    const rankings = rank('nelbo', contenders, NORMALISATIONS);
    expect(rankings['nelbo/sum']).toMatchObject({ best: 0, runnerUp: 1, margin: 2 });
    expect(rankings['nelbo/mean']).toMatchObject({ best: 1, runnerUp: 0, margin: expect.closeTo(6 / 3 - 8 / 5) });
    expect(rankings['nelbo/byte']).toMatchObject({ best: 1, runnerUp: 0, margin: expect.closeTo(6 / 3 - 8 / 8) });
    expect(rankings['nelbo/char']).toMatchObject({ best: 0, runnerUp: 1, margin: expect.closeTo(8 / 2 - 6 / 2) });
  });

  it('takes the highest log-likelihood and the lowest of everything else', () => {
    const contenders = [exactly(-5), exactly(-2), exactly(-3)];
    expect(rank('loglikelihood', contenders, ['sum'])['loglikelihood/sum']).toMatchObject({ best: 1, runnerUp: 2 });
    for (const quantity of ['nelbo', 'nelbo@8', 'official@8'] as const) {
      expect(rank(quantity, contenders, ['sum'])[`${quantity}/sum`]).toMatchObject({ best: 0, runnerUp: 2 });
    }
  });

  it('gives ties to the first', () => {
    expect(rank('nelbo', [exactly(2), exactly(1), exactly(1)], ['sum'])['nelbo/sum']).toEqual({
      best: 1,
      runnerUp: 2,
      margin: 0,
      stderr: 0,
    });
  });

  it('of a single answer has no runner-up', () => {
    const ranking = rank('nelbo', [exactly(2)], ['sum'])['nelbo/sum'];
    expect(ranking).toEqual({ best: 0, runnerUp: null, margin: 0, stderr: 0 });
  });

  it('does not divide by the length of an empty answer', () => {
    const rankings = rank('nelbo', [exactly(2, 1, ''), exactly(3, 1, '')], ['byte', 'char']);
    expect(rankings['nelbo/byte']?.margin).toBe(1);
    expect(rankings['nelbo/char']?.margin).toBe(1);
  });

  it('takes the error of the margin from paired draws', () => {
    const contenders = [
      { combination: { exact: 0, draws: [1, 2, 4, 8] }, tokens: 2, answer: 'a' },
      { combination: { exact: 5, draws: [2, 3, 4, 9] }, tokens: 4, answer: 'b' },
    ];
    // Sums 15 and 23. Differences of pairs: −1 + 1 and −4 + 5; per token −1/4 and −4/2 + 5/4.
    const { 'nelbo/sum': sum, 'nelbo/mean': mean } = rank('nelbo', contenders, ['sum', 'mean']);
    expect(sum).toEqual({ best: 0, runnerUp: 1, margin: 8, stderr: 1 });
    expect(mean).toEqual({ best: 1, runnerUp: 0, margin: 15 / 2 - 23 / 4, stderr: Math.hypot(-0.25, -0.75) });
  });
});

describe('for any contenders', () => {
  const contenders = fc.array(
    fc.record({
      combination: fc.record({
        exact: fc.double({ min: -50, max: 50, noNaN: true }),
        draws: fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 4, maxLength: 4 }),
      }),
      tokens: fc.integer({ min: 1, max: 20 }),
      answer: fc.string({ unit: 'grapheme' }),
    }),
    { minLength: 2, maxLength: 5 },
  );
  const divide = { sum: () => 1, mean: ({ tokens }: Contender) => tokens };

  it('the best is no worse than the runner-up, and the runner-up no worse than any other', () => {
    fc.assert(
      fc.property(contenders, fc.constantFrom('nelbo', 'loglikelihood'), (items, quantity) => {
        const rankings = rank(quantity, items, ['sum', 'mean']);
        for (const normalisation of ['sum', 'mean'] as const) {
          const ranking = rankings[`${quantity}/${normalisation}` as RankingName];
          const sign = quantity === 'nelbo' ? 1 : -1;
          const costs = items.map((item) => (sign * estimate(item.combination).value) / divide[normalisation](item));
          const sorted = costs.toSorted((a, b) => a - b);
          expect(costs[ranking?.best ?? -1]).toBeCloseTo(sorted[0] as number, 9);
          expect(costs[ranking?.runnerUp ?? -1]).toBeCloseTo(sorted[1] as number, 9);
          expect(ranking?.margin).toBeGreaterThanOrEqual(0);
          expect(ranking?.margin).toBeCloseTo((sorted[1] as number) - (sorted[0] as number), 9);
          expect(ranking?.stderr).toBeGreaterThanOrEqual(0);
        }
      }),
      { seed: 7 },
    );
  });
});
