/** The noise schedules that diffusion networks of this house were trained with. */
import type { NoiseSchedule } from './architecture.ts';

/** Noise at t = 1 leaves this share of the tokens alone. */
const LEFT_ALONE = 1e-3;

/**
 * A token is masked with probability (1 − 10⁻³)·t.
 *
 * @source `LogLinearNoise` of louaaron/Score-Entropy-Discrete-Diffusion at 0605786; the same in kuleshov-group/mdlm at c112c52
 */
export const LOG_LINEAR: NoiseSchedule = {
  total: (t) => -Math.log1p(-(1 - LEFT_ALONE) * t),
  rate: (t) => (1 - LEFT_ALONE) / (1 - (1 - LEFT_ALONE) * t),
};

/**
 * A token is masked with probability t.
 *
 * @source `LogLinearNoise` of kuleshov-group/bd3lms at 1c3e8f4
 */
export const LINEAR: NoiseSchedule = { total: (t) => -Math.log1p(-t), rate: (t) => 1 / (1 - t) };

/** σ grows from `least` to `most` by equal factors. @source `GeometricNoise` of louaaron/Score-Entropy-Discrete-Diffusion at 0605786 */
export function geometric(least: number, most: number): NoiseSchedule {
  const total = (t: number): number => least ** (1 - t) * most ** t;
  return { total, rate: (t) => total(t) * Math.log(most / least) };
}
