import { expect, it } from 'vitest';
import { type RandomStream, stream } from '../core/numbers/random.ts';
import { normalQuantile } from './distributions/normal-quantile.ts';
import { changeProbability, flipProbability, rightnessDeviation, stoppedLead, undecided } from './undecided.ts';

it('counts leads below two standard errors, and how many would change', () => {
  const leads = [
    { margin: 1, stderr: 1 },
    { margin: 3, stderr: 1 },
    { margin: 0.001, stderr: 0 },
  ];
  // Φ(−1/√2) + Φ(−3/√2) = 0.239750 + 0.016947
  expect(undecided(leads)).toEqual({ count: 1, expectedFlips: expect.closeTo(0.256697, 6), level: 2 });
  expect(undecided(leads, 4).count).toBe(2);
});

it('holds exact leads for decided, and a tie under noise for a coin', () => {
  expect(flipProbability({ margin: 0, stderr: 0 })).toBe(0);
  expect(flipProbability({ margin: 0, stderr: 2 })).toBe(0.5);
});

it('expects as many changes as two draws of the same leads show', () => {
  // Leads of no preferred size, each drawn twice with error 1: among those that came out near 0.8, how many change sign.
  const [first, second, noise] = [stream(0, 'lead'), stream(0, 'again'), stream(0, 'true')];
  const normal = (random: RandomStream, i: number) => normalQuantile(random.uniform(i));
  let [near, changed] = [0, 0];
  for (let i = 0; i < 400_000; i++) {
    const lead = 20 * (noise.uniform(i) - 0.5);
    if (Math.abs(lead + normal(first, i) - 0.8) > 0.05) continue;
    near += 1;
    if (lead + normal(second, i) < 0) changed += 1;
  }
  const expected = changeProbability({ margin: 0.8, stderr: 1 });
  expect(Math.abs(changed / near - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / near));
  expect(expected).toBeCloseTo(0.2858, 4); // Φ(−0.8/√2); a lead without an error of its own would give 0.21186
});

it('has no noise of being right where the right answer is in neither of the first two places', () => {
  const lead = { margin: 0.5, stderr: 0.4 };
  expect(rightnessDeviation({ ...lead, decides: true })).toBeCloseTo(Math.sqrt(0.10565 * 0.89435), 5);
  expect(rightnessDeviation({ ...lead, decides: false })).toBe(0);
});

it('counts every look at a lead that was stopped at one of them', () => {
  const [once, stopped] = [{ margin: 3, stderr: 1 }, stoppedLead({ margin: 3, stderr: 1 }, 4)];
  expect(flipProbability(stopped)).toBeCloseTo(4 * flipProbability(once), 12);
  expect(stopped.margin).toBe(3);
  expect(stoppedLead(once, 1).stderr).toBeCloseTo(1, 9);
  expect(stoppedLead({ margin: 3, stderr: 0 }, 4)).toEqual({ margin: 3, stderr: 0 });
  expect(stoppedLead({ margin: 100, stderr: 1 }, 4).stderr).toBe(1); // too sure to be told from certain
  expect(stoppedLead({ margin: 0, stderr: 1 }, 4)).toEqual({ margin: 0, stderr: 1 });
});
