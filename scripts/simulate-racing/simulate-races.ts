/** Many races of drawn answers: how often the wrong one wins, how often none does, and what it takes. */
import type { Fraction } from '../../src/core/units.ts';
import { startRace } from '../../src/lm/likelihood/race/race.ts';
import { randomNumbers } from '../simulate-clusters/random-numbers.ts';
import { DrawnAnswer } from './drawn-answer.ts';
import type { Shape } from './noise.ts';

export interface Cell {
  readonly shape: Shape;
  readonly answers: number;
  /** Of the others, those that are behind by the margin; the rest are behind by `FAR` more. */
  readonly near: number;
  /** By which the near ones are behind the best, in standard deviations of a draw. */
  readonly margin: number;
  /** The variance that is said to be known, as a share of the true one. */
  readonly told: number;
  readonly risk: Fraction;
  readonly rounds: number;
  /** Standard deviation by which fewer bits move an answer's draws, all alike; and what the race is told of it. */
  readonly moved?: { readonly by: number; readonly told: number };
}

export interface Outcomes {
  readonly wrong: Fraction;
  readonly undecided: Fraction;
  /** Of all answers of a question, mean. */
  readonly passes: number;
}

/** From the first stratum to the last, as of cross-entropies that rise with the number of masks. */
const TREND = 2;
const FAR = 2;

export function simulateRaces(cell: Cell, repetitions: number, seed: number): Outcomes {
  const random = randomNumbers(seed);
  let [wrong, undecided, passes] = [0, 0, 0];
  for (let i = 0; i < repetitions; i++) {
    const { decided, best, spent } = raceOnce(cell, random);
    if (!decided) undecided += 1;
    else if (best !== cell.answers - 1) wrong += 1;
    passes += spent;
  }
  return { wrong: wrong / repetitions, undecided: undecided / repetitions, passes: passes / repetitions };
}

/** The best answer is the last, so that it gains nothing from ties. */
function raceOnce(
  { shape, answers, near, margin, told, risk, rounds, moved }: Cell,
  random: ReturnType<typeof randomNumbers>,
) {
  const drawn = Array.from({ length: answers }, (_, i) => {
    const isBest = i === answers - 1;
    const noise = isBest ? shape.behind : i === 0 ? (shape.first ?? shape.ahead) : shape.ahead;
    const behind = isBest ? 0 : margin + (i < near ? 0 : FAR);
    const by = moved === undefined ? 0 : moved.by * random.normal();
    return new DrawnAnswer(behind + by, rounds, { noise, told, trend: TREND, random });
  });
  const rules = { coefficients: () => 1, scales: drawn.map(() => 1), risk, rounds };
  const race = startRace(drawn, moved === undefined ? rules : { ...rules, moved: drawn.map(() => moved.told) });
  while (!race.isOver()) {
    race.ask();
    race.look();
  }
  const { ranking, decided } = race.result();
  return { decided, best: ranking.best, spent: drawn.reduce((sum, { passes }) => sum + passes, 0) };
}
