import { expect, it } from 'vitest';
import { logGamma } from './log-gamma.ts';

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
