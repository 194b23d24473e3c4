/** Which tokens top-k and top-p keep of a row. Of equally likely tokens, both keep the lower ids. */
import type { Fraction } from '../../../core/units.ts';

/** Values above `least` are kept, and the first so many of those that equal it. */
interface Cut {
  readonly least: number;
  readonly ties: number;
}

/**
 * Tokens that top-p keeps, ascending. From the most likely down, a token goes when the probability before it exceeds p, so
 * the one that crosses p stays, and the first always does.
 *
 * Compared in float32, as published: .5 + .3 does not exceed .8.
 *
 * @param logits `[V]`; any constant may be added
 * @source `top_p_logits` of the trainer of HKUNLP/DiffuLLaMA at c17e897
 */
export function nucleus(logits: Float32Array, topP: Fraction): Int32Array {
  const { weights, total, bands, masses, counts } = banded(logits);
  const exceeds = (mass: number): boolean => Math.fround(mass / total) > Math.fround(topP);
  // Whole bands are kept, from the likeliest, up to the one in which p is crossed: only that one is sorted.
  let before = 0;
  let crossed = 0;
  while (crossed < BANDS && !exceeds(before + (masses[crossed] as number))) {
    before += masses[crossed] as number;
    crossed += 1;
  }
  const contested = new Float64Array(counts[crossed] ?? 0);
  for (let id = 0, at = 0; at < contested.length; id++) {
    if (bands[id] === crossed) contested[at++] = weights[id] as number;
  }
  contested.sort();
  let won = 0;
  while (won < contested.length && !exceeds(before)) {
    won += 1;
    before += contested[contested.length - won] as number;
  }
  return keptOf(weights, bands, crossed, cutAfter(contested, won));
}

/** Ids of the bands before `crossed`, and those of it that the cut leaves. */
function keptOf(weights: Float64Array, bands: Uint16Array, crossed: number, { least, ties }: Cut): Int32Array {
  const kept = new Int32Array(bands.length);
  let [count, tied] = [0, 0];
  for (let id = 0; id < bands.length; id++) {
    const band = bands[id] as number;
    if (band > crossed) continue;
    const weight = weights[id] as number;
    if (band < crossed || weight > least || (weight === least && tied++ < ties)) kept[count++] = id;
  }
  return kept.subarray(0, count);
}

/** The ids of the `count` largest values, the largest first. NaN counts as larger than all, and is kept wherever it stands. */
export function largest(values: Float32Array, count: number): Int32Array {
  const { least, ties } = cutAfter(values.toSorted(), count);
  let tied = 0;
  const ids: number[] = [];
  for (let id = 0; id < values.length; id++) {
    const value = values[id] as number;
    if (value > least || Number.isNaN(value) || (value === least && tied++ < ties)) ids.push(id);
  }
  return Int32Array.from(ids).sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
}

/** @param ascending NaN last */
function cutAfter(ascending: Float32Array | Float64Array, count: number): Cut {
  const first = ascending.length - count;
  const least = ascending[first] ?? Number.POSITIVE_INFINITY;
  let ties = 0;
  while (first + ties < ascending.length && ascending[first + ties] === least) ties += 1;
  return { least, ties };
}

/** Bands of equal width in logits; the last one also holds all that is 32 nats and more below the top. */
const BANDS = 2048;
const BANDS_A_NAT = BANDS / 32;

/** exp(logit − top) and band of each token, `[V]`; the sum over all, over each band, and how many it holds. */
function banded(logits: Float32Array) {
  let top = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < logits.length; id++) if ((logits[id] as number) > top) top = logits[id] as number;
  const weights = new Float64Array(logits.length);
  const bands = new Uint16Array(logits.length);
  const masses = new Float64Array(BANDS);
  const counts = new Int32Array(BANDS);
  let total = 0;
  for (let id = 0; id < logits.length; id++) {
    const below = top - (logits[id] as number);
    const weight = Math.exp(-below);
    const band = Math.min(BANDS - 1, Math.floor(below * BANDS_A_NAT));
    weights[id] = weight;
    bands[id] = band;
    masses[band] = (masses[band] as number) + weight;
    counts[band] = (counts[band] as number) + 1;
    total += weight;
  }
  return { weights, total, bands, masses, counts };
}
