import { expect, it } from 'vitest';
import { boundedErrors, errorsToLead } from './boundary.ts';

const lead = (squares: number, known: number) => ({ margin: 1, squares, known });

it('knows only what the full mask leads to expect where there is but one draw', () => {
  expect(boundedErrors([lead(0, 9), lead(0, 4)], 0)).toEqual([
    { stderr: 3, degrees: 4 },
    { stderr: 2, degrees: 4 },
  ]);
});

it('never takes less than half the variance that is expected, however well the draws agree', () => {
  for (const strata of [0, 1, 2, 16, 1e6]) {
    const [error] = boundedErrors([lead(0, 9)], strata);
    expect(error?.stderr).toBeGreaterThanOrEqual(Math.sqrt(9 / 2));
  }
});

it('turns to what the draws say as there are more of them, and takes a lead that is noisier than the others for noisier', () => {
  const errors = [1, 8, 64, 1e6].map((strata) => boundedErrors([lead(4, 1)], strata)[0]?.stderr as number);
  expect(errors).toEqual(errors.toSorted((a, b) => a - b));
  expect(errors.at(-1)).toBeCloseTo(2, 3);
  const [usual, wide] = boundedErrors([lead(1, 1), lead(3, 1)], 8);
  expect(wide?.stderr).toBeGreaterThan(usual?.stderr as number);
  expect(wide?.stderr).toBeLessThan(Math.sqrt(3));
});

it('learns from all leads by how much draws depart from what was expected, and has more degrees for it', () => {
  const [alone] = boundedErrors([lead(0.6, 1)], 2);
  const [among] = boundedErrors([lead(0.6, 1), lead(0.6, 1), lead(0.6, 1)], 2);
  expect(among?.stderr).toBeLessThan(alone?.stderr as number);
  expect([alone?.degrees, among?.degrees]).toEqual([8, 10]);
});

it('leaves out of what leads have in common those that have no draws', () => {
  expect(boundedErrors([lead(0, 0), lead(2, 1)], 4)[1]).toEqual(boundedErrors([lead(2, 1)], 4)[0]);
  expect(boundedErrors([lead(0, 0)], 4)[0]?.stderr).toBe(0);
});

it('asks for a longer lead the more looks and certainty there are, and the fewer degrees', () => {
  expect(errorsToLead(6, 0.005, 6)).toBeGreaterThan(errorsToLead(6, 0.005, 5));
  expect(errorsToLead(6, 0.005, 6)).toBeGreaterThan(errorsToLead(6, 0.05, 6));
  expect(errorsToLead(6, 0.005, 6)).toBeGreaterThan(errorsToLead(32, 0.005, 6));
  expect(errorsToLead(1e6, 0.05, 1)).toBeCloseTo(1.6449, 3);
});
