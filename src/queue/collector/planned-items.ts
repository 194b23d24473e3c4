import type { Example } from '../../core/question.ts';
import type { WorkUnit } from '../../runner/plan.ts';
import type { PlannedItem } from '../../store/records/record-file.ts';
import type { Stretch } from '../unit.ts';

/**
 * The items that a collector is to get, by their place in the order of the run.
 *
 * @param units as `planRun` cuts them and in its order, those that are missing
 * @param size of units; the last one of a run may be smaller
 * @param examples all items of the run, in data-set order
 */
export function plannedItems(
  units: readonly WorkUnit[],
  size: number,
  examples: readonly Pick<Example, 'id' | 'index'>[],
) {
  const at = (place: number): PlannedItem | undefined =>
    found(units, Math.floor(place / size), ({ number }) => number)?.items[place % size];
  const itemsAt = ({ from, count }: Stretch) => Array.from({ length: count }, (_, i) => at(from + i));
  return {
    /** One by one: a run may have a million. */
    *stretches(): Generator<Stretch, void, undefined> {
      for (const { number, items } of units) yield { from: number * size, count: items.length };
    },
    /** @throws RangeError where some are not to be got */
    of: (stretch: Stretch): readonly PlannedItem[] =>
      itemsAt(stretch).map((item, i) => {
        if (item === undefined) throw new RangeError(`PlannedItems: no item is missing at ${stretch.from + i}`);
        return item;
      }),
    has: (stretch: Stretch): boolean => !itemsAt(stretch).includes(undefined),
    /** These stand at that place. */
    areAt: (from: number, items: readonly PlannedItem[]): boolean =>
      items.every(({ id }, i) => at(from + i)?.id === id),
    /** The run has these, missing or not. */
    isOfRun: (items: readonly PlannedItem[]): boolean =>
      items.every(({ id, index }) => found(examples, index, (example) => example.index)?.id === id),
  };
}

export type PlannedItems = ReturnType<typeof plannedItems>;

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
