/** Draws one token from logits: divide by the temperature, then as `draw-token.ts`. */
import type { Fraction } from '../../../core/units.ts';
import { drawToken } from './draw-token.ts';

export interface TokenSampling {
  /** Divides the logits; greater than 0. */
  readonly temperature: number;
  /** Share of probability that the nucleus holds at least; 1 keeps every token. */
  readonly topP: Fraction;
}

/**
 * The token at which the cumulative probability, in order of ids, passes `uniform`.
 *
 * @param logits  `[V]`
 * @param uniform in [0, 1)
 */
export function sampleToken(logits: Float32Array, { temperature, topP }: TokenSampling, uniform: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > largest) largest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp((logit - largest) / temperature);
  const logSum = Math.log(sum);
  const logprobs = logits.map((logit) => (logit - largest) / temperature - logSum);
  return drawToken(logprobs, topP, uniform).token;
}
