import { expect, it } from 'vitest';
import { LEAST_BLAMED, Losses, MOST_BLAMED } from './losses.ts';

function lossesOf(counts: Readonly<Record<string, number>>): Losses {
  const losses = new Losses();
  for (const [unit, count] of Object.entries(counts)) for (let i = 0; i < count; i++) losses.note(unit);
  return losses;
}

it('blames a unit that ends worker after worker while others get through', () => {
  expect(lossesOf({ poison: 10 }).allowed(8)).toBe(LEAST_BLAMED);
  expect(lossesOf({ poison: 10, a: 2, b: 1 }).allowed(1000)).toBe(LEAST_BLAMED);
});

it('blames none sooner for a run of bad luck, the more often workers die of other units', () => {
  // Half of all units lose their worker: twenty in a row happen once in a million.
  expect(
    lossesOf({ unlucky: 12, ...Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`u${i}`, 1])) }).allowed(49),
  ).toBe(20);
  expect(lossesOf({ unlucky: 12, a: 20, b: 18 }).allowed(10)).toBe(MOST_BLAMED);
});

it('gives up at last where every unit ends its worker', () => {
  expect(lossesOf({ a: 30, b: 30, c: 29 }).allowed(0)).toBe(MOST_BLAMED);
  expect(lossesOf({}).allowed(0)).toBe(20);
});
