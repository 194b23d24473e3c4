/** How far attention is opened at each optimizer step while a causal model becomes a diffusion model. */
import type { Fraction } from '../core/units.ts';

/**
 * min(1, (step + 1) / annealSteps): the share of future attention entries that is open.
 *
 * @param step        finished optimizer steps, from 0
 * @param annealSteps steps until all is open; 1 opens everything at once
 * @throws RangeError when annealSteps is not positive
 * @source Gong et al. 2024, arXiv 2410.17891, section 3.3; trainer of HKUNLP/DiffuLLaMA at c17e897
 */
export function annealedOpenFraction(step: number, annealSteps: number): Fraction {
  if (!(annealSteps > 0)) {
    throw new RangeError(
      `annealing takes at least 1 step, not ${annealSteps}; 1 opens all attention from the first step`,
    );
  }
  return Math.min(1, (step + 1) / annealSteps);
}
