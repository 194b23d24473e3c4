/**
 * Traps of scoring, with the vectors of the project's protocol notes (section 13): T1-T5, T16, T22. Elsewhere, each named
 * by its number: T6, T8, T9, T11, T12 sampler-traps.test.ts; T7, T10 src/lm/writing/reveal-schedule.test.ts; T14, T15 src/training/annealing.test.ts; T23 src/core/numbers/bfloat16.test.ts;
 * T17, T18, T20, T21, T24, T26 tokenizers.test.ts; T19 tasks/wording.test.ts; T33-T36 checkpoint-traps.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { officialMask, officialScore } from '../../src/lm/likelihood/official.ts';
import { rank } from '../../src/lm/likelihood/ranking.ts';
import { answerDirectly } from '../../src/lm/requests/direct-requests.ts';
import { answerOf, boundOf, officialOf, scriptedForward } from '../property/scripted-forward.ts';
import { officialWeightedScore } from './official-weighted-score.ts';

const MASK = 0;
const DENOISER = { maskId: MASK, shift: true, openFraction: 1 };
const STEPS = [1, 2, 4, 8, 32];
/** 2^3 − 1 passes enumerate the masks of three tokens. */
const SETTINGS = { steps: STEPS, passes: 7, seed: 0 };
/** The vectors are rounded to six decimals, the scripted log-probabilities to float32. */
const DECIMALS = 5;

/** The cross-entropy of every masked token is 1 + k/2 when k tokens are masked. */
const toy = scriptedForward(({ ids }) => 1 + 0.5 * ids.filter((id) => id === MASK).length);
const constant = scriptedForward(() => 1);

describe('T1: the published score is the unweighted one', () => {
  it('is, in expectation, 2.5 for T = 1 down to 1.538818 for T = 32', async () => {
    const { score } = await boundOf(answerOf(3), DENOISER, SETTINGS, toy);
    [2.5, 2.0625, 1.796875, 1.652344, 1.538818].forEach((expected, i) => {
      const found = score.quantities[`official@${STEPS[i] as number}`];
      expect(found?.value).toBeCloseTo(expected, DECIMALS);
      expect(found?.stderr).toBe(0);
    });
  });

  it('differs from the value weighted by T/t, which the published code computes and drops', () => {
    [2.5, 2.875, 3.09375, 3.210938, 3.302246].forEach((expected, i) => {
      const T = STEPS[i] as number;
      // Expected mean cross-entropy of step t: Σ_k Binom(k; 3, t/T) (1 + k/2), empty steps 0.
      const steps = Array.from({ length: T }, (_, s) => {
        const p = (T - s) / T;
        const chance = [3 * p * (1 - p) ** 2, 3 * p ** 2 * (1 - p), p ** 3];
        return { sum: chance.reduce((sum, c, j) => sum + c * (1.5 + 0.5 * j), 0), count: 1 };
      });
      expect(officialWeightedScore(steps)).toBeCloseTo(expected, DECIMALS);
    });
  });
});

describe('T2: NELBO_T weights step t by 1/t, sums over masked tokens, and runs t from 1 to T', () => {
  it('is 7.5 for T = 1 down to 6.046875 for T = 32, and 6 in the limit', async () => {
    const { score } = await boundOf(answerOf(3), DENOISER, SETTINGS, toy);
    [7.5, 6.75, 6.375, 6.1875, 6.046875].forEach((expected, i) => {
      expect(score.quantities[`nelbo@${STEPS[i] as number}`]?.value).toBeCloseTo(expected, DECIMALS);
    });
    expect(score.quantities.nelbo).toEqual({ value: 6, stderr: 0 });
  });
});

describe('T3: a step that masks nothing counts as 0', () => {
  it.each([
    [1, 0.515625],
    [2, 0.682129],
    [3, 0.765381],
  ])('so constant cross-entropy 1 on %i tokens scores %f at T = 32', async (length, expected) => {
    const { score } = await boundOf(answerOf(length), DENOISER, SETTINGS, constant);
    expect(score.quantities['official@32']?.value).toBeCloseTo(expected, DECIMALS);
  });

  it('and is not left out of the mean', async () => {
    const empty = { sum: 0, count: 0 };
    expect(officialScore([{ sum: 2, count: 2 }, empty, empty, { sum: 1, count: 1 }])).toBe(0.5);
    const { score } = await officialOf(answerOf(1), DENOISER, { ...SETTINGS, steps: [32] }, constant);
    const masking = Array.from({ length: 32 }, (_, i) => officialMask([1], 32 - i, 32, 0, 'question', 32).length);
    const share = masking.filter((count) => count === 1).length / 32;
    expect(share).toBeLessThan(1);
    expect(score.quantities['official@32']?.value).toBeCloseTo(share, DECIMALS);
  });
});

it('T4: step t = T masks every maskable token, rate 0 none', () => {
  const maskable = [1, 2, 4, 5, 6];
  for (let seed = 0; seed < 300; seed++) {
    for (const T of [1, 3, 7, 32]) {
      expect(officialMask(maskable, T, T, seed, 'item')).toEqual(maskable);
      expect(officialMask(maskable, 0, T, seed, 'item')).toEqual([]);
    }
  }
});

describe('T5: the token at a position is predicted by the row before it', () => {
  /** Row 1 is certain of token 9; every other row is all but certain that it is another. */
  const certain = scriptedForward((_, { row, target }) => (row === 1 && target === 9 ? 0 : 50));
  const ids = Int32Array.of(7, 8, 9);
  const lowered = { ids, scored: [2], crossing: false };

  it('with the shift, row 1 predicts position 2; without it row 2 does', async () => {
    const shifted = await boundOf(lowered, DENOISER, SETTINGS, certain);
    expect(shifted.score.quantities.nelbo?.value).toBeCloseTo(0, DECIMALS);
    const straight = await boundOf(lowered, { ...DENOISER, shift: false }, SETTINGS, certain);
    expect(straight.score.quantities.nelbo?.value).toBe(50);
  });

  it('nothing predicts position 0: masking it adds no term', async () => {
    const both = await boundOf({ ...lowered, scored: [0, 2] }, DENOISER, SETTINGS, certain);
    expect(both.score.tokens).toBe(1);
    expect(both.score.quantities.nelbo?.value).toBeCloseTo(0, DECIMALS);
    const official = await officialOf({ ...lowered, scored: [0] }, DENOISER, { ...SETTINGS, steps: [8] }, certain);
    expect(official.score.quantities['official@8']?.value).toBe(0);
    const model = { forward: certain, denoiser: DENOISER, passes: 7, seed: 0 };
    const [answer] = await answerDirectly([{ kind: 'masked', ids, mask: [0, 2], attention: 1, key: '' }], model);
    expect(answer).toEqual({ tokens: { 0: null, 2: 0 } });
  });
});

describe('T16: the mask id can be an ordinary token of the text', () => {
  /** A clean mask token in the context costs 5 nats, anything else 1. */
  const forward = scriptedForward((_, { target }) => (target === MASK ? 5 : 1));
  const lowered = { ids: Int32Array.of(3, MASK, 4, 6), scored: [2, 3], crossing: false };

  it('the published procedure scores it at every step, wherever it stands', async () => {
    const { score } = await officialOf(lowered, DENOISER, { ...SETTINGS, steps: [1] }, forward);
    expect(score.quantities['official@1']?.value).toBeCloseTo((5 + 1 + 1) / 3, DECIMALS);
  });

  it('the bound scores what was masked, and nothing else', async () => {
    const { score } = await boundOf(lowered, DENOISER, SETTINGS, forward);
    expect(score.quantities.nelbo?.value).toBe(2);
    const inAnswer = { ...lowered, scored: [1, 2, 3] };
    expect((await boundOf(inAnswer, DENOISER, SETTINGS, forward)).score.quantities.nelbo?.value).toBeCloseTo(
      7,
      DECIMALS,
    );
  });
});

it('T22: log-probabilities {-1, -1, -1} win by mean, {-1.4, -1.4} by sum', () => {
  const contenders = [
    { combination: { exact: -3, draws: [] }, tokens: 3, answer: 'a' },
    { combination: { exact: -2.8, draws: [] }, tokens: 2, answer: 'b' },
  ];
  const rankings = rank('loglikelihood', contenders, ['mean', 'sum']);
  expect(rankings['loglikelihood/mean']?.best).toBe(0);
  expect(rankings['loglikelihood/sum']?.best).toBe(1);
});
