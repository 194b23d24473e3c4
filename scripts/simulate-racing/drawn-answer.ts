/** An answer whose draws are noise of a known shape, over strata as in a race of masks. */
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
  /** By place in the order of the strata after the last round: pairs of independent draws, null until they are drawn. */
  readonly #pairs: (readonly [number, number] | null)[];
  passes = 1;

  constructor(value: number, rounds: number, from: DrawnFrom) {
    this.#value = value;
    this.#from = from;
    this.#pairs = Array.from({ length: 2 ** (rounds - 1) }, () => null);
  }

  /** In each stratum that has no pair yet, a random place of the finest ones. */
  ask(round: number): void {
    const width = this.#pairs.length / 2 ** round;
    for (let from = 0; from < this.#pairs.length; from += width) {
      if (this.#pairs.slice(from, from + width).some((pair) => pair !== null)) continue;
      const place = from + Math.floor(this.#from.random.uniform() * width);
      this.#pairs[place] = [this.#draw(place), this.#draw(place)];
      this.passes += 2;
    }
  }

  standing(): Standing {
    const drawn = this.#pairs.flatMap((pair) => pair ?? []);
    const draws = drawn.map((draw) => draw / drawn.length);
    return { combination: { exact: this.#value, draws }, known: this.#from.told / drawn.length, exact: false };
  }

  #draw(place: number): number {
    const { noise, trend, random } = this.#from;
    const level = (place + random.uniform()) / this.#pairs.length;
    return noise(random) + trend * (level - 1 / 2);
  }
}
