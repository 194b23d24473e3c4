import type { Example } from '../../core/question.ts';
import type { WorkUnit } from '../../runner/plan.ts';
import type { PlannedItem } from '../../store/records/record-file.ts';
import type { Stretch } from '../unit.ts';

/** The items that a collector is to get, by their place in the order of the run. */
export class PlannedItems {
  readonly #size: number;
  readonly #units: ReadonlyMap<number, WorkUnit>;
  readonly #examples: readonly Pick<Example, 'id' | 'index'>[];

  /**
   * @param units as `planRun` cuts them, those that are missing
   * @param size of units; the last one of a run may be smaller
   * @param examples all items of the run, in data-set order
   */
  constructor(units: readonly WorkUnit[], size: number, examples: readonly Pick<Example, 'id' | 'index'>[]) {
    this.#size = size;
    this.#units = new Map(units.map((unit) => [unit.number, unit]));
    this.#examples = examples;
  }

  get stretches(): readonly Stretch[] {
    return [...this.#units.values()].map(({ number, items }) => ({ from: number * this.#size, count: items.length }));
  }

  /** @throws RangeError where some are not to be got */
  of({ from, count }: Stretch): readonly PlannedItem[] {
    return Array.from({ length: count }, (_, i) => {
      const item = this.#at(from + i);
      if (item === undefined) throw new RangeError(`PlannedItems: no item is missing at ${from + i}`);
      return item;
    });
  }

  has({ from, count }: Stretch): boolean {
    return Array.from({ length: count }, (_, i) => this.#at(from + i)).every((item) => item !== undefined);
  }

  /** These stand at that place. */
  areAt(from: number, items: readonly PlannedItem[]): boolean {
    return items.every(({ id }, i) => this.#at(from + i)?.id === id);
  }

  /** The run has these, missing or not. */
  isOfRun(items: readonly PlannedItem[]): boolean {
    return items.every(({ id, index }) => this.#exampleOf(index)?.id === id);
  }

  #at(place: number): PlannedItem | undefined {
    return this.#units.get(Math.floor(place / this.#size))?.items[place % this.#size];
  }

  /** Indices rise. */
  #exampleOf(index: number): Pick<Example, 'id' | 'index'> | undefined {
    let [low, high] = [0, this.#examples.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#examples[middle]?.index as number) < index) low = middle + 1;
      else high = middle;
    }
    return this.#examples[low]?.index === index ? this.#examples[low] : undefined;
  }
}
