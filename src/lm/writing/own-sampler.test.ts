import { describe, expect, it } from 'vitest';
import type { OwnDiffusion } from '../../architectures/architecture.ts';
import { geometric, LINEAR, LOG_LINEAR } from '../../architectures/noise-schedules.ts';
import { maskingChance } from '../likelihood/own-bound.ts';
import { ownSteps, revealChance } from './own-sampler.ts';

const OWN: OwnDiffusion = {
  maskId: 5,
  schedule: LOG_LINEAR,
  readsNoise: true,
  logScoreOffset: null,
  samplers: ['euler'],
};

/** Share of positions that are still masked after each step of a network that normalises. */
function maskedShares(sampler: Parameters<typeof revealChance>[0], steps: number, own = OWN): number[] {
  let share = 1;
  return ownSteps(steps, own).map((step) => {
    share *= 1 - revealChance(sampler, step, own);
    return share;
  });
}

describe("networks' own samplers", () => {
  it('leave masked what their process has masked at the time', () => {
    const times = ownSteps(8, OWN).map(({ s }) => s);
    const cached = maskedShares('ddpm-cache', 8);
    const exact = maskedShares('ddpm', 8);
    const analytic = maskedShares('analytic', 8);
    times.forEach((s, i) => {
      expect(cached[i]).toBeCloseTo(s, 12);
      expect(exact[i]).toBeCloseTo(maskingChance(LOG_LINEAR, s) / maskingChance(LOG_LINEAR, 1), 12);
      expect(analytic[i]).toBeCloseTo(exact[i] as number, 12);
    });
  });

  it('euler is analytic where tokens are masked in proportion to t, and else in the limit of many steps', () => {
    const apart = (steps: number, own: OwnDiffusion): number => {
      const [euler, analytic] = [maskedShares('euler', steps, own), maskedShares('analytic', steps, own)];
      return Math.abs((euler[steps / 2] as number) - (analytic[steps / 2] as number));
    };
    expect(apart(100, OWN)).toBeLessThan(1e-12);
    const geometrically = { ...OWN, schedule: geometric(1e-3, 5) };
    expect(apart(100, geometrically)).toBeGreaterThan(1e-3);
    expect(apart(10_000, geometrically)).toBeLessThan(apart(100, geometrically) / 50);
  });

  it('leave nothing masked, in K steps of blocks and K + 1 of others', () => {
    expect(maskedShares('analytic', 8).at(-1)).toBe(0);
    expect(ownSteps(8, OWN)).toHaveLength(9);
    const blocks = { ...OWN, schedule: LINEAR, blockLength: 4 };
    expect(maskedShares('ddpm-cache', 8, blocks)).toHaveLength(8);
    expect(maskedShares('ddpm-cache', 8, blocks).at(-1)).toBe(0);
  });
});
