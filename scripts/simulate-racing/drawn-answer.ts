/** An answer whose draws are noise of a known shape, over strata as in a race of masks. */
import { strataAfter } from '../../src/lm/likelihood/race/nested-masks.ts';
import type { Racer, Standing } from '../../src/lm/likelihood/race/race.ts';
import type { RandomNumbers } from '../simulate-clusters/random-numbers.ts';
import type { Noise } from './noise.ts';

export interface DrawnFrom {
  readonly noise: Noise;
  /** The variance that is said to be known, as a share of the true one. */
  readonly told: number;
  /** How much the mean of a draw changes from the first stratum to the last. */
  readonly trend: number;
  readonly random: RandomNumbers;
}

export class DrawnAnswer implements Racer {
  readonly #value: number;
  readonly #from: DrawnFrom;
  /** Of each of two independent sequences, by place in the order of the strata after the last round; null until they are drawn. */
  readonly #sequences: readonly [(number | null)[], (number | null)[]];
  passes = 1;

  constructor(value: number, rounds: number, from: DrawnFrom) {
    this.#value = value;
    this.#from = from;
    const none = () => Array.from({ length: strataAfter(rounds - 1) }, () => null);
    this.#sequences = [none(), none()];
  }

  /** In each stratum where a sequence has no draw yet, one at a random place of the finest ones. */
  ask(round: number): void {
    const strata = Math.max(1, strataAfter(round));
    for (const drawn of round === 0 ? [this.#sequences[0]] : this.#sequences) {
      const width = drawn.length / strata;
      for (let from = 0; from < drawn.length; from += width) {
        if (drawn.slice(from, from + width).some((draw) => draw !== null)) continue;
        const place = from + Math.floor(this.#from.random.uniform() * width);
        drawn[place] = this.#draw(place);
        this.passes += 1;
      }
    }
  }

  standing(round: number): Standing {
    const drawnOf = (sequence: 0 | 1) => this.#sequences[sequence].filter((draw) => draw !== null);
    const [first, second] = [drawnOf(0), drawnOf(1)];
    const drawn = round === 0 ? first : first.flatMap((draw, s) => [draw, second[s] as number]);
    const draws = drawn.map((draw) => draw / drawn.length);
    return { combination: { exact: this.#value, draws }, known: this.#from.told / drawn.length, exact: false };
  }

  #draw(place: number): number {
    const { noise, trend, random } = this.#from;
    const level = (place + random.uniform()) / this.#sequences[0].length;
    return noise(random) + trend * (level - 1 / 2);
  }
}
