/**
 * Draws one token from log-probabilities, by the inverse of the cumulative distribution in float64. Order of operations as
 * published: the temperature is already in the log-probabilities, then top-k, then top-p, then what is kept is normalised again.
 */
import type { Fraction, Nats } from '../../core/units.ts';
import type { Nucleus } from './proposal.ts';

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
  let mass = 0;
  for (const id of kept) mass += Math.exp(logprobs[id] as number);
  let left = uniform * mass;
  let token = kept[0] as number;
  for (const id of kept) {
    const weight = Math.exp(logprobs[id] as number);
    if (weight === 0) continue; // an excluded token is not drawn where rounding leaves the sum a little short
    token = id;
    left -= weight;
    if (left < 0) break;
  }
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

/** The ids of the `count` largest values. */
const largest = (values: Float32Array, count: number): Int32Array =>
  Int32Array.from(values.keys())
    .sort((a, b) => (values[b] as number) - (values[a] as number) || a - b)
    .slice(0, count);

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

/**
 * Tokens that top-p keeps, ascending. From the most likely down, a token goes when the probability before it exceeds p, so
 * the one that crosses p stays, and the first always does. Of equally likely tokens the lower ids are kept.
 *
 * Compared in float32, as published: .5 + .3 does not exceed .8.
 *
 * @param logits `[V]`; any constant may be added
 * @source `top_p_logits` of the trainer of HKUNLP/DiffuLLaMA at c17e897
 */
export function nucleus(logits: Float32Array, topP: Fraction): Int32Array {
  const { weights, total, bands, masses } = banded(logits);
  const exceeds = (mass: number): boolean => Math.fround(mass / total) > Math.fround(topP);
  // Whole bands are kept, from the likeliest, up to the one in which p is crossed: only that one is sorted.
  let before = 0;
  let crossed = 0;
  while (crossed < BANDS && !exceeds(before + (masses[crossed] as number))) {
    before += masses[crossed] as number;
    crossed += 1;
  }
  const contested: number[] = [];
  for (let id = 0; id < bands.length; id++) if (bands[id] === crossed) contested.push(id);
  contested.sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b);
  const won = new Set<number>();
  for (const id of contested) {
    if (exceeds(before)) break;
    won.add(id);
    before += weights[id] as number;
  }
  const kept = new Int32Array(logits.length);
  let count = 0;
  for (let id = 0; id < bands.length; id++) {
    const band = bands[id] as number;
    if (band < crossed || (band === crossed && won.has(id))) kept[count++] = id;
  }
  return kept.slice(0, count);
}

/** Bands of equal width in logits; the last one also holds all that is 32 nats and more below the top. */
const BANDS = 2048;
const BANDS_A_NAT = BANDS / 32;

/** exp(logit − top) and band of each token, `[V]`; the sum over all, and over each band. */
function banded(logits: Float32Array) {
  let top = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < logits.length; id++) if ((logits[id] as number) > top) top = logits[id] as number;
  const weights = new Float64Array(logits.length);
  const bands = new Uint16Array(logits.length);
  const masses = new Float64Array(BANDS);
  let total = 0;
  for (let id = 0; id < logits.length; id++) {
    const below = top - (logits[id] as number);
    const weight = Math.exp(-below);
    const band = Math.min(BANDS - 1, Math.floor(below * BANDS_A_NAT));
    weights[id] = weight;
    bands[id] = band;
    masses[band] = (masses[band] as number) + weight;
    total += weight;
  }
  return { weights, total, bands, masses };
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
