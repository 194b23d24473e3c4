import { expect, it } from 'vitest';
import { flipProbability, stoppedLead, undecided } from './undecided.ts';

it('counts leads below two standard errors, and how many would flip', () => {
  const leads = [
    { margin: 1, stderr: 1 },
    { margin: 3, stderr: 1 },
    { margin: 0.001, stderr: 0 },
  ];
  // Φ(−1) + Φ(−3) = 0.158655 + 0.001350
  expect(undecided(leads)).toEqual({ count: 1, expectedFlips: expect.closeTo(0.160005, 6), level: 2 });
  expect(undecided(leads, 4).count).toBe(2);
});

it('holds exact leads for decided, and a tie under noise for a coin', () => {
  expect(flipProbability({ margin: 0, stderr: 0 })).toBe(0);
  expect(flipProbability({ margin: 0, stderr: 2 })).toBe(0.5);
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
