/** Which items are computed together, and in which order. Pure: what is stored already or fails has no influence. */
import { HarnessError } from '../core/errors.ts';
import type { RunManifest } from '../core/manifest.ts';
import { permutation, stream } from '../core/numbers/random.ts';
import type { PlannedItem } from '../store/records/record-file.ts';
import { expectedItems } from '../store/summarise.ts';

/** Items that are put to the model in one call and stored together. */
export interface WorkUnit {
  readonly number: number;
  readonly items: readonly PlannedItem[];
}

export interface PlanOptions {
  readonly unitSize: number;
  /** `shuffled` makes the first results a fair sample of the data set; the final records are the same. */
  readonly order: 'dataset' | 'shuffled';
}

/**
 * Cuts the items of a run into units of consecutive items, in data-set order or in an order drawn from the run's seed.
 *
 * @param items all items of the run, in data-set order
 * @throws HarnessError 'bad-dataset' when the items are not those that the manifest describes: number, order, unique ids
 */
export function planRun(
  manifest: RunManifest,
  items: readonly PlannedItem[],
  { unitSize, order }: PlanOptions,
): readonly WorkUnit[] {
  if (!(Number.isInteger(unitSize) && unitSize > 0))
    throw new RangeError(`planRun: unit size ${unitSize}, expected >= 1`);
  checkItems(manifest, items);
  const ordered = order === 'dataset' ? items : shuffled(manifest, items);
  return Array.from({ length: Math.ceil(ordered.length / unitSize) }, (_, number) => ({
    number,
    items: ordered.slice(number * unitSize, (number + 1) * unitSize).map(({ id, index }) => ({ id, index })),
  }));
}

function shuffled(manifest: RunManifest, items: readonly PlannedItem[]): readonly PlannedItem[] {
  const random = stream(manifest.settings.seed, 'order', manifest.task.name);
  return [...permutation(random, items.length)].map((i) => items[i] as PlannedItem);
}

function checkItems(manifest: RunManifest, items: readonly PlannedItem[]): void {
  const task = manifest.task.name;
  const expected = expectedItems(manifest);
  if (items.length !== expected) {
    throw new HarnessError(
      'bad-dataset',
      `${task}: expected ${expected} items as the manifest says, got ${items.length}`,
    );
  }
  const seen = new Set<string>();
  let last = -1;
  for (const { id, index } of items) {
    if (seen.has(id)) throw new HarnessError('bad-dataset', `${task}: two items have the id ${JSON.stringify(id)}`);
    if (index <= last) {
      throw new HarnessError('bad-dataset', `${task}: item ${id} has index ${index} after index ${last}`);
    }
    seen.add(id);
    last = index;
  }
}
