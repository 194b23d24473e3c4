/** How often units lost the worker that had them, and when one is to blame for it. */

/** A unit that lost its worker so often is given up, where workers otherwise live. */
export const LEAST_BLAMED = 10;
/** However often workers die: a unit that ends every worker is given up at last, also where all units do. */
export const MOST_BLAMED = 30;
/** Chance at which losses in a row are no longer put down to machines that go away. */
const CHANCE = 1e-6;

/**
 * A machine that is taken away and a unit that ends its machine look alike. What tells them apart is how often other units lose theirs: a unit
 * is to blame when so many losses in a row, at the rate of the others, would be less likely than one in a million.
 */
export class Losses {
  readonly #byUnit = new Map<string, number>();
  #all = 0;

  get all(): number {
    return this.#all;
  }

  note(unit: string): void {
    this.#all++;
    this.#byUnit.set(unit, (this.#byUnit.get(unit) ?? 0) + 1);
  }

  /**
   * Losses that a unit may have: it is given up at the next one.
   *
   * @param answered units that were computed
   */
  allowed(answered: number): number {
    const others = this.#all - Math.max(0, ...this.#byUnit.values());
    // Laplace's estimate, so that nothing is certain of few.
    const rate = (others + 1) / (others + answered + 2);
    const needed = Math.ceil(Math.log(CHANCE) / Math.log(rate));
    return Math.min(MOST_BLAMED, Math.max(LEAST_BLAMED, needed));
  }
}
