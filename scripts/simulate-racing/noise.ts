/** Noise of single draws: mean 0, variance 1. */
import type { RandomNumbers } from '../simulate-clusters/random-numbers.ts';

export type Noise = (random: RandomNumbers) => number;

const spikes =
  (chance: number, sign: 1 | -1): Noise =>
  ({ uniform }) => {
    const usual = Math.sqrt(chance / (1 - chance));
    return sign * (uniform() < chance ? 1 / usual : -usual);
  };

/** `behind`: of the best answer, `ahead`: of all others. Skewed shapes are turned so that a few draws favour the wrong answer. */
export interface Shape {
  readonly name: string;
  readonly behind: Noise;
  readonly ahead: Noise;
  /** Of the first of the others, where it differs. */
  readonly first?: Noise;
}

const even = (name: string, noise: Noise): Shape => ({ name, behind: noise, ahead: noise });
const skewed = (name: string, noise: (sign: 1 | -1) => Noise): Shape => ({ name, behind: noise(-1), ahead: noise(1) });

const student =
  (degrees: number): Noise =>
  ({ normal }) => {
    const squares = Array.from({ length: degrees }, normal).reduce((sum, z) => sum + z * z, 0);
    return normal() / Math.sqrt(squares / degrees) / Math.sqrt(degrees / (degrees - 2));
  };

export const SHAPES: readonly Shape[] = [
  even('normal', ({ normal }) => normal()),
  {
    ...even('normal, one answer 1.5 times as wide', ({ normal }) => normal()),
    first: ({ normal }) => 1.5 * normal(),
  },
  even('uniform', ({ uniform }) => (uniform() - 1 / 2) * Math.sqrt(12)),
  even('Student, 3 degrees', student(3)),
  even(
    'one in twenty 10 times as wide',
    ({ normal, uniform }) => (normal() * (uniform() < 0.05 ? 10 : 1)) / Math.sqrt(5.95),
  ),
  skewed(
    'exponential',
    (sign) =>
      ({ uniform }) =>
        sign * (-Math.log(1 - uniform()) - 1),
  ),
  skewed('log-normal, s = 1', (sign) => ({ normal }) => {
    const [mean, variance] = [Math.exp(1 / 2), (Math.E - 1) * Math.E];
    return (sign * (Math.exp(normal()) - mean)) / Math.sqrt(variance);
  }),
  skewed('spikes, one in 10', (sign) => spikes(0.1, sign)),
  skewed('spikes, one in 20', (sign) => spikes(0.05, sign)),
];
