/** The random numbers of a canvas by the run's seed. */
import { type RandomStream, stream } from '../../core/numbers/random.ts';
import type { Draws } from './sampler.ts';

export function seededDraws(seed: number, key: string, draw: number): Draws {
  const drawn = (purpose: string) => {
    const streams = new Map<number, RandomStream>();
    return (remaining: number, position: number): number => {
      const known = streams.get(remaining) ?? stream(seed, purpose, key, draw, remaining);
      streams.set(remaining, known);
      return known.uniform(position);
    };
  };
  return { reveal: drawn('reveal'), token: drawn('token') };
}
