import { usableCores } from '../../../files/processors.ts';
import type { Weights } from '../../../tensor/ops.ts';

/** Values of weights up to which several threads may hold them all: 128 MiB each in float32. */
const SMALL = 2 ** 25;
/** More would wait for the one thread that feeds them. */
const MOST = 4;

/**
 * Threads that hold the same weights and compute a batch each. The operations of a small network are too short to be shared out among cores: it
 * computes as many batches side by side, each on one core. Of a larger one, every operation takes all cores.
 *
 * @param threads that may compute at once; default: as many as there are cores
 */
export function lanesFor(weights: Weights, threads = usableCores()): number {
  return isSmall(weights) ? Math.min(MOST, threads) : 1;
}

/** Whether the operations of a network are so short that its threads wait for most of the time. */
export function isSmall(weights: Weights): boolean {
  let values = 0;
  for (const { shape } of weights.values()) values += shape.reduce((product, side) => product * side, 1);
  return values <= SMALL;
}
