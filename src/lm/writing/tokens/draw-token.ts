/**
 * Draws one token from log-probabilities, by the inverse of the cumulative distribution in float64. Order of operations as
 * published: the temperature is already in the log-probabilities, then top-k, then top-p, then what is kept is normalised again.
 */
import type { Fraction, Nats } from '../../../core/units.ts';
import type { Nucleus } from '../proposal.ts';
import { largest, nucleus } from './nucleus.ts';

/** A token and its log-probability among the tokens it was drawn from. */
export interface DrawnToken {
  readonly token: number;
  readonly logprob: Nats;
}

/**
 * @param logprobs of one row, `[V]`, nats; their exponentials sum to 1 up to the engine's rounding
 * @param topP     1 keeps every token
 * @param uniform  in [0, 1)
 */
export function drawToken(logprobs: Float32Array, topP: Fraction, uniform: number): DrawnToken {
  if (topP >= 1) {
    const token = invertAll(logprobs, uniform);
    return { token, logprob: logprobs[token] as number };
  }
  const kept = nucleus(logprobs, topP);
  const weights = new Float64Array(kept.length);
  let mass = 0;
  for (let i = 0; i < kept.length; i++) {
    const weight = Math.exp(logprobs[kept[i] as number] as number);
    weights[i] = weight;
    mass += weight;
  }
  const token = kept[invertKept(weights, uniform * mass)] as number;
  return { token, logprob: kept.length === 1 ? 0 : (logprobs[token] as number) - Math.log(mass) };
}

/**
 * The log-probabilities of what top-k and then top-p keep, normalised again, all others −∞: `[V] → [V]`. Of equally likely tokens the
 * lower ids are kept.
 * One that is left has 0, not the rounding of its logarithm: else chance would order positions that are equally sure.
 *
 * @source `sample_with_temperature_topk_topp` of JetAstra/SDAR at c2041a8
 */
export function keptLogprobs(logprobs: Float32Array, { topK, topP }: Nucleus): Float32Array {
  const likeliest = topK === null || topK >= logprobs.length ? logprobs : only(logprobs, largest(logprobs, topK));
  return topP >= 1 ? likeliest : only(likeliest, nucleus(likeliest, topP));
}

function only(logprobs: Float32Array, ids: Int32Array): Float32Array {
  let mass = 0;
  for (const id of ids) mass += Math.exp(logprobs[id] as number);
  const kept = new Float32Array(logprobs.length).fill(Number.NEGATIVE_INFINITY);
  for (const id of ids) kept[id] = ids.length === 1 ? 0 : (logprobs[id] as number) - Math.log(mass);
  return kept;
}

/**
 * How sure a distribution is, higher is surer: its negative entropy, Σ p ln p, or the difference of its two largest probabilities.
 *
 * @param logprobs `[V]`, nats; −∞ where a token is left out
 */
export function surenessOf(kind: 'entropy' | 'margin', logprobs: Float32Array): number {
  let [sum, first, second] = [0, 0, 0];
  for (const logprob of logprobs) {
    const p = Math.exp(logprob);
    if (p > 0) sum += p * logprob;
    if (p > first) [first, second] = [p, first];
    else if (p > second) second = p;
  }
  return kind === 'entropy' ? sum : first - second;
}

/** The first of some weights at which their sum exceeds `walked`; where rounding leaves it short, the last that is not 0. */
function invertKept(weights: Float64Array, walked: number): number {
  let left = walked;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] as number;
    if (weight === 0) continue;
    last = i;
    left -= weight;
    if (left < 0) break;
  }
  return last;
}

/** First token at which the cumulative probability exceeds `uniform`. */
function invertAll(logprobs: Float32Array, uniform: number): number {
  let sum = 0;
  let walked = uniform;
  // Rounding may leave the sum a little below 1. A draw from that gap starts again, so the gap favours no token.
  for (let attempt = 0; attempt < 2; attempt++) {
    sum = 0;
    for (let id = 0; id < logprobs.length; id++) {
      sum += Math.exp(logprobs[id] as number);
      if (sum > walked) return id;
    }
    walked = (walked - sum) / (1 - sum);
  }
  return logprobs.indexOf(logprobs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY));
}
