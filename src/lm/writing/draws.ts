/** The random numbers of a canvas by the run's seed. */
import { getOrInsert } from '../../core/collect.ts';
import { stream } from '../../core/numbers/random.ts';
import type { Draws } from './sampler.ts';

export function seededDraws(seed: number, key: string, draw: number): Draws {
  /** Of the last step that was asked for: a sampler asks for all of one, some of them again. */
  const drawn = (purpose: string) => {
    let step = -1;
    let numberOf = (_position: number): number => 0;
    return (remaining: number, position: number): number => {
      if (step !== remaining)
        [step, numberOf] = [remaining, remembered(stream(seed, purpose, key, draw, remaining).uniform)];
      return numberOf(position);
    };
  };
  return { reveal: drawn('reveal'), token: drawn('token') };
}

function remembered(make: (position: number) => number): (position: number) => number {
  const known = new Map<number, number>();
  return (position) => getOrInsert(known, position, () => make(position));
}
