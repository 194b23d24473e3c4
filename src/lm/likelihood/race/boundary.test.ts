import { expect, it } from 'vitest';
import { boundedError, errorsToLead } from './boundary.ts';

it('never takes less than a third of the variance that is known, however well the draws agree', () => {
  for (const strata of [1, 2, 32, 1e6]) {
    expect(boundedError({ stderr: 0, known: 9, strata })).toBeGreaterThanOrEqual(Math.sqrt(9 / 3));
  }
});

it('turns to the error of the draws as there are more of them', () => {
  const errors = [1, 8, 64].map((strata) => boundedError({ stderr: 2, known: 0, strata }));
  expect(errors).toEqual(errors.toSorted((a, b) => a - b));
  // Of 1 + 4.5 degrees one is that of the draws.
  expect(errors[0]).toBeCloseTo(2 / Math.sqrt(5.5), 12);
});

it('asks for a longer lead the more looks, answers and certainty there are, and the fewer strata', () => {
  expect(errorsToLead(1, 0.005, 6, 1)).toBeGreaterThan(errorsToLead(1, 0.005, 5, 1));
  expect(errorsToLead(1, 0.005, 6, 3)).toBeGreaterThan(errorsToLead(1, 0.005, 6, 1));
  expect(errorsToLead(1, 0.005, 6, 1)).toBeGreaterThan(errorsToLead(1, 0.05, 6, 1));
  expect(errorsToLead(1, 0.005, 6, 1)).toBeGreaterThan(errorsToLead(32, 0.005, 6, 1));
  expect(errorsToLead(1e6, 0.05, 1, 1)).toBeCloseTo(1.6449, 3);
});
