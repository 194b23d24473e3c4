import { expect, it } from 'vitest';
import { SHAPES, type Shape } from './noise.ts';
import { simulateRaces } from './simulate-races.ts';

const RACES = 1500;
/** Three standard errors above a risk of 0.5 %. */
const MOST = 0.005 + 3 * Math.sqrt((0.005 * 0.995) / RACES);

it.each(SHAPES)('$name: at the smallest margins no more races end wrongly than the risk allows', (shape: Shape) => {
  for (const [answers, near, margin] of [
    [2, 1, 0],
    [2, 1, 0.1],
    [4, 2, 0.1],
  ] as const) {
    const cell = { shape, answers, near, margin, told: 1, risk: 0.005, rounds: 6 };
    expect(simulateRaces(cell, RACES, 15).wrong).toBeLessThanOrEqual(MOST);
  }
});

it('counts what fewer bits move as an error of the lead, which would be decided by else', () => {
  const cell = { shape: SHAPES[0] as Shape, answers: 2, near: 1, margin: 0.1, told: 1, risk: 0.005, rounds: 6 };
  const wrong = (told: number): number => simulateRaces({ ...cell, moved: { by: 1, told } }, RACES, 15).wrong;
  expect(wrong(1)).toBeLessThanOrEqual(MOST);
  expect(wrong(0)).toBeGreaterThan(10 * MOST);
});

it('spends little where the lead is clear, and all where there is none', () => {
  const cell = { shape: SHAPES[0] as Shape, answers: 4, near: 3, told: 1, risk: 0.005, rounds: 6 };
  const clear = simulateRaces({ ...cell, margin: 8 }, 200, 1);
  expect(clear).toMatchObject({ wrong: 0, undecided: 0 });
  expect(clear.passes).toBeLessThan(4 * 5);
  expect(simulateRaces({ ...cell, margin: 0 }, 50, 1).passes).toBeGreaterThan(4 * 30);
});
