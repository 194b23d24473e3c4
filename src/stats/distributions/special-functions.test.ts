import { describe, expect, it } from 'vitest';
import { incompleteBeta, logGamma } from './special-functions.ts';

describe('logGamma', () => {
  /** Double precision with a few operations lost. */
  const RELATIVE = 1e-13;

  // scipy 1.17.1, scipy.special.gammaln(x)
  it.each([
    [0.001, 6.907178885383853],
    [0.5, 0.5723649429247],
    [3.7, 1.428072326665388],
    [10, 12.801827480081469],
    [171.3, 708.1149470389971],
    [50000, 490984.42327157187],
  ])('of %d is %d', (x, expected) => {
    expect(Math.abs(logGamma(x) - expected) / expected).toBeLessThan(RELATIVE);
  });

  it('refuses zero with a sentence', () => {
    expect(() => logGamma(0)).toThrow('logGamma: needs x > 0, got 0');
  });
});

describe('incompleteBeta', () => {
  /** ln Γ of 5·10⁴ is about 5·10⁵, so its last digits cost ten of the result's sixteen. */
  const RELATIVE = 1e-9;

  // scipy 1.17.1, scipy.special.betainc(a, b, x)
  it.each([
    [0.5, 0.5, 0.3, 0.36901011956554536],
    [2, 3, 0.4, 0.5248],
    [50, 0.5, 0.99, 0.3173043978741973],
    [10, 20, 0.2, 0.049263517304212585],
    [5e4, 0.5, 0.9999, 0.0015650197621734966],
  ])('with a = %d, b = %d at %d is %d', (a, b, x, expected) => {
    expect(Math.abs(incompleteBeta(a, b, x) / expected - 1)).toBeLessThan(RELATIVE);
  });

  it('runs from 0 to 1', () => {
    expect(incompleteBeta(3, 4, 0)).toBe(0);
    expect(incompleteBeta(3, 4, 1)).toBe(1);
  });

  it('refuses x outside 0..1 with a sentence', () => {
    expect(() => incompleteBeta(1, 1, 1.5)).toThrow('incompleteBeta: needs 0 <= x <= 1, got 1.5');
  });
});
