import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OwnDiffusion } from '../../architectures/architecture.ts';
import { geometric, LINEAR, LOG_LINEAR } from '../../architectures/noise-schedules.ts';
import { noiseAtShare } from './noised-input.ts';
import { logScore, maskingChance, maskingWeight, ownCrossEntropy, ownTotal, scoreEntropy } from './own-bound.ts';

const SHARED = { maskId: 5, schedule: LOG_LINEAR, samplers: ['euler'] } as const;
const told: OwnDiffusion = { ...SHARED, readsNoise: true, logScoreOffset: (sigma) => -Math.log(Math.expm1(sigma)) };
const plain: OwnDiffusion = { ...SHARED, readsNoise: false, logScoreOffset: null };

describe('the bounds that networks were trained with', () => {
  it.each([
    ['log-linear', LOG_LINEAR, 0.999],
    ['linear', LINEAR, 1],
  ])('weigh a masked token by 1/t where it is masked in proportion to t (%s)', (_, schedule, share) => {
    for (const t of [0.01, 0.3, 0.7, 0.99]) {
      expect(maskingChance(schedule, t)).toBeCloseTo(share * t, 12);
      expect(maskingWeight(schedule, t)).toBeCloseTo(1 / t, 9);
    }
  });

  it('have rates that are the derivatives of their noise', () => {
    for (const schedule of [LOG_LINEAR, LINEAR, geometric(1e-4, 20)]) {
      for (const t of [0.1, 0.5, 0.9]) {
        const slope = (schedule.total(t + 1e-6) - schedule.total(t - 1e-6)) / 2e-6;
        expect(schedule.rate(t) / slope).toBeCloseTo(1, 5);
      }
    }
  });

  it('are cross-entropies of networks that normalise', () => {
    expect(ownCrossEntropy({ logprob: -2 }, plain, 0.5)).toBe(2);
    expect(ownTotal(undefined, plain, 0.5)).toBe(1);
  });

  it('exceed the cross-entropy of normalised outputs by Z − 1 − ln Z, and are never below it', () => {
    const numbers = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(numbers, numbers, fc.double({ min: 0.01, max: 6, noNaN: true }), (logprob, logTotal, sigma) => {
        const own = ownCrossEntropy({ logprob: -Math.abs(logprob), logTotal }, told, sigma);
        const slack = Math.exp(logTotal) - 1 - logTotal;
        expect(own).toBeCloseTo(Math.abs(logprob) + slack, 6);
        expect(own).toBeGreaterThanOrEqual(Math.abs(logprob) - 1e-9);
      }),
    );
  });

  it('are score entropies times exp(σ) − 1, by the published formula', () => {
    const [sigma, reading] = [0.7, { logprob: -1.5, logTotal: 0.4 }];
    const ratio = 1 / Math.expm1(sigma);
    const positive = Math.exp(0.4) * ratio; // Σ of the scores
    const published = positive - ratio * logScore(reading, told, sigma) + ratio * (Math.log(ratio) - 1);
    expect(scoreEntropy(reading, told, sigma)).toBeCloseTo(published, 12);
  });
});

describe('the noise that a share of masks goes with', () => {
  const denoiser = { maskId: 5, shift: false, openFraction: 1 };

  it('is −ln(1 − share), up to the end of the schedule', () => {
    expect(noiseAtShare({ ...denoiser, own: told }, 0.5).sigma).toBeCloseTo(Math.log(2), 12);
    expect(noiseAtShare({ ...denoiser, own: told }, 1).sigma).toBeCloseTo(-Math.log(1e-3), 9);
  });

  it('is told to no network that goes by the tokens alone', () => {
    expect(noiseAtShare({ ...denoiser, own: plain }, 0.5)).toEqual({});
    expect(noiseAtShare(denoiser, 0.5)).toEqual({});
  });
});
