import { permutation, stream } from '../../core/numbers/random.ts';

/**
 * The order of a finite source: every item once before any comes again, in another order each time round.
 *
 * @returns a function from (seed, counter) to an item, 0 … count − 1
 */
export function epochOrder(name: string, count: number): (seed: number, counter: number) => number {
  let held: { readonly seed: number; readonly epoch: number; readonly order: Int32Array } | null = null;
  return (seed, counter) => {
    const epoch = Math.floor(counter / count);
    if (held === null || held.seed !== seed || held.epoch !== epoch) {
      held = { seed, epoch, order: permutation(stream(seed, 'order', name, epoch), count) };
    }
    return held.order[counter % count] as number;
  };
}
