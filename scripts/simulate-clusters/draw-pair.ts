/** Two models that answer the items of problems which nobody has seen. */
import { centerOf, logistic } from './logistic-normal.ts';
import type { RandomNumbers } from './random-numbers.ts';

/** How far problems differ in difficulty, in logits: a design effect of single-line accuracy of about 5. */
export const DIFFICULTY = 2;

/** 0 or 1 of each item, in the order of the problems [n]. */
export interface Pair {
  readonly reference: Float64Array;
  readonly candidate: Float64Array;
}

/** Fills a pair of arrays with another sample of problems. */
export type PairDrawer = (random: RandomNumbers, pair: Pair) => void;

export interface World {
  /** Accuracy of the reference over new problems. */
  readonly base: number;
  /** True loss of the candidate. */
  readonly loss: number;
  /** Standard deviation over problems of the logit by which the two differ. */
  readonly apart: number;
}

/** Problems of the given sizes whose difficulty, and the logit by which the models differ, are normal. */
export function logitWorld(sizes: Float64Array, { base, loss, apart }: World): PairDrawer {
  const deviation = Math.hypot(DIFFICULTY, apart / 2);
  const [before, now] = [centerOf(base, deviation), centerOf(base - loss, deviation)];
  return (random, { reference, candidate }) => {
    let at = 0;
    for (const size of sizes) {
      const difficulty = DIFFICULTY * random.normal();
      const half = (apart / 2) * random.normal();
      const [p, q] = [logistic(before + difficulty + half), logistic(now + difficulty - half)];
      for (let i = 0; i < size; i++, at++) {
        reference[at] = random.uniform() < p ? 1 : 0;
        candidate[at] = random.uniform() < q ? 1 : 0;
      }
    }
  };
}

/**
 * The candidate loses every item of some problems, a share `loss` of them; of the others each item changes with probability
 * `churn` for the better and as often for the worse. The hardest case for a gate: what was not seen is as large as a problem.
 */
export function wholeProblemWorld(sizes: Float64Array, loss: number, churn: number): PairDrawer {
  return (random, { reference, candidate }) => {
    let at = 0;
    for (const size of sizes) {
      const isLost = random.uniform() < loss;
      for (let i = 0; i < size; i++, at++) {
        const chance = random.uniform();
        reference[at] = isLost || chance >= churn ? 1 : 0;
        candidate[at] = isLost || (chance >= churn && chance < 2 * churn) ? 0 : 1;
      }
    }
  };
}
