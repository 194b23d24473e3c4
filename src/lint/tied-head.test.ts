import { expect, it } from 'vitest';
import { checkTiedHead } from './checkpoint-checks.ts';

it('finds a head that config.json does not know of', () => {
  expect(checkTiedHead({ saysTied: true, isTied: false, isCopy: false })).toMatchObject({ state: 'warning' });
});

it.each([
  { saysTied: true, isTied: true, isCopy: true },
  { saysTied: true, isTied: false, isCopy: true },
  { saysTied: false, isTied: false, isCopy: false },
])('passes %j', (facts) => {
  expect(checkTiedHead(facts).state).toBe('ok');
});
