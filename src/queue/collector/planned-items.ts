import type { Example } from '../../core/question.ts';
import type { WorkUnit } from '../../runner/plan.ts';
import type { PlannedItem } from '../../store/records/record-file.ts';
import type { Stretch } from '../unit.ts';

/** The items that a collector is to get, by their place in the order of the run. */
export class PlannedItems {
  readonly #size: number;
  readonly #units: readonly WorkUnit[];
  readonly #examples: readonly Pick<Example, 'id' | 'index'>[];

  /**
   * @param units as `planRun` cuts them and in its order, those that are missing
   * @param size of units; the last one of a run may be smaller
   * @param examples all items of the run, in data-set order
   */
  constructor(units: readonly WorkUnit[], size: number, examples: readonly Pick<Example, 'id' | 'index'>[]) {
    this.#size = size;
    this.#units = units;
    this.#examples = examples;
  }

  /** One by one: a run may have a million. */
  *stretches(): Generator<Stretch, void, undefined> {
    for (const { number, items } of this.#units) yield { from: number * this.#size, count: items.length };
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
    const unit = found(this.#units, Math.floor(place / this.#size), ({ number }) => number);
    return unit?.items[place % this.#size];
  }

  #exampleOf(index: number): Pick<Example, 'id' | 'index'> | undefined {
    return found(this.#examples, index, (example) => example.index);
  }
}

/** The element of that number. @param elements their numbers rise */
function found<Element>(elements: readonly Element[], wanted: number, numberOf: (element: Element) => number) {
  let [low, high] = [0, elements.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numberOf(elements[middle] as Element) < wanted) low = middle + 1;
    else high = middle;
  }
  const element = elements[low];
  return element !== undefined && numberOf(element) === wanted ? element : undefined;
}
