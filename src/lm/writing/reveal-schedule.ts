/**
 * How many positions the steps of a sampler reveal, or leave masked: by exact division, and as published code counts. That code
 * computes in float32, and so does this where it shows: double arithmetic gives one less for (90, T = 10, t = 7), and float32 itself
 * is one below the exact floor for (180, T = 20, t = 13).
 *
 * @source `generate_samples` of the trainer of HKUNLP/DiffuLLaMA at c17e897; `_sample` of DreamLM/Dream at fac0a7f;
 *         `get_num_transfer_tokens` of ML-GSAI/LLaDA at b7e6c35, JetAstra/SDAR at c2041a8 and ZHZisZZ/dllm at ca17675
 */
const { fround, trunc, floor, round } = Math;

/**
 * trunc(maskable · (t / T)), both operations in float32.
 *
 * @param maskable positions that were maskable at the start
 * @param t        step, T − 1 down to 1
 * @param steps    T
 */
export function officialMaskedCount(maskable: number, t: number, steps: number): number {
  return trunc(fround(maskable * fround(t / steps)));
}

/** ⌊maskable · t / T⌋, exact. Arguments as for `officialMaskedCount`, t from T − 1 down to 0. */
export function exactMaskedCount(maskable: number, t: number, steps: number): number {
  const product = maskable * t;
  return (product - (product % steps)) / steps;
}

/** Where Dream's times end. */
const DREAM_END = fround(1e-3);

/** Dream's times: T + 1 points from 1 down to 10⁻³, as torch spaces them, counted from the end nearer to them. */
function dreamTime(i: number, steps: number): number {
  const width = fround(fround(DREAM_END - 1) / steps);
  return i < floor((steps + 1) / 2) ? fround(1 + fround(width * i)) : fround(DREAM_END - fround(width * (steps - i)));
}

/** Dream's share of what is masked that a step reveals, 1 − s/t. @param remaining steps still to come, T − 1 … 0 */
export function dreamChance(remaining: number, steps: number): number {
  const i = steps - 1 - remaining;
  return fround(1 - fround(dreamTime(i + 1, steps) / dreamTime(i, steps)));
}

/** Positions that a step of Dream reveals of those still masked. */
export function dreamCount(masked: number, remaining: number, steps: number): number {
  return remaining === 0 ? masked : trunc(fround(masked * dreamChance(remaining, steps)));
}

/** LLaDA and SDAR: evenly over T steps, one more in the first ones. */
export function evenCount(positions: number, remaining: number, steps: number): number {
  return floor(positions / steps) + (steps - 1 - remaining < positions % steps ? 1 : 0);
}

/** dLLM: of what is left, the share of a step in float32, rounded half to even. */
export function dllmCount(masked: number, remaining: number, steps: number): number {
  const hidden = (t: number): number => fround(1 - fround(1 - fround(t / steps)));
  const share = fround(1 - fround(hidden(remaining) / hidden(remaining + 1)));
  return Math.min(masked, roundHalfToEven(masked * share));
}

function roundHalfToEven(value: number): number {
  const isHalf = value - floor(value) === 0.5;
  return isHalf ? 2 * round(value / 2) : round(value);
}
